package say

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 20, 14, 2, 14, 0, time.UTC)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		51 * time.Hour: "2d 3h", 12*time.Minute + 4*time.Second: "12m 04s", 48 * time.Second: "48s",
		0: "0s", -time.Second: "0s", time.Hour: "1h 00m", 59*time.Minute + 59*time.Second: "59m 59s",
	} {
		if got := Span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", 3 * time.Minute: "3m ago", 5 * time.Hour: "5h ago", 49 * time.Hour: "2d ago",
	} {
		if got := Ago(noon.Add(-d), noon); got != want {
			t.Errorf("%v ago is %q, want %q", d, got, want)
		}
	}
	if got := Ago(time.Time{}, noon); got != "never" {
		t.Errorf("%q", got)
	}
}

func TestTimeOfDay(t *testing.T) {
	for at, want := range map[time.Time]string{
		noon.Add(time.Hour): "15:02", noon.Add(24 * time.Hour): "tomorrow 14:02", noon.Add(-24 * time.Hour): "yesterday 14:02",
		noon.AddDate(0, 0, 5): "25 May 14:02", noon.AddDate(1, 0, 0): "20 May 2027 14:02",
	} {
		if got := TimeOfDay(at, noon, time.UTC, false); got != want {
			t.Errorf("%v is %q, want %q", at, got, want)
		}
	}
	east := time.FixedZone("", 8*3600) // there it is past ten in the evening
	if got := TimeOfDay(noon.Add(2*time.Hour), noon, east, true); got != "tomorrow 00:02:14" {
		t.Errorf("%q", got)
	}
}
