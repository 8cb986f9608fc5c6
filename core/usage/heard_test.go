package usage

import (
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// What another host was told counts where it is newer, is not told on as this host's own,
// and keeps this host from asking for as long.
func TestHeard(t *testing.T) {
	noon := time.Date(2026, 5, 15, 12, 0, 0, 0, time.UTC)
	c := clock.NewFake(noon)
	m := NewMeter(t.TempDir(), c, &http.Client{})
	defer m.Close()
	told := func(ago time.Duration, used float64) map[string]Known {
		at := noon.Add(-ago)
		return map[string]Known{"a": {Asked: at, Reading: Reading{At: at, Source: FromEndpoint, Windows: []Window{{Name: "5h", Used: &used, Told: at, Resets: noon.Add(time.Hour)}}}}}
	}
	for _, step := range []struct {
		name string
		told map[string]Known
		used float64
	}{
		{"the first", told(time.Minute, 40), 40},
		{"a newer one", told(30*time.Second, 50), 50},
		{"an older one", told(2*time.Minute, 10), 50},
		{"the same again", told(30*time.Second, 50), 50},
	} {
		if err := m.Heard(t.Context(), "desk", step.told); err != nil {
			t.Fatal(err)
		}
		known, recent := m.Recent("a")
		if got := *known.Reading.Windows[0].Used; got != step.used || known.From != "desk" || !recent {
			t.Errorf("%s: %v percent, told to %q, asked a moment ago: %v", step.name, got, known.From, recent)
		}
		if own := m.Own(); len(own) != 0 {
			t.Errorf("%s: told on: %v", step.name, own)
		}
	}
	m.Note("a", http.Header{"Anthropic-Ratelimit-Unified-5h-Utilization": {"0.7"}, "Anthropic-Ratelimit-Unified-5h-Reset": {"1778853600"}})
	if own := m.Own(); len(own) != 1 || own["a"].From != "" || own["a"].Points != nil {
		t.Errorf("its own: %+v", own)
	}
}
