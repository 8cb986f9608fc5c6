package fleet

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
)

// Each outage of the store is told of once, the second like the first.
func TestPersist_TellsOfEachOutage(t *testing.T) {
	f := newFleet(t, 1)
	h := f.hosts[0].vault.Heads.(*Heads)
	var said bytes.Buffer
	h.Log = slog.New(slog.NewTextHandler(&said, nil))
	ctx, end := context.WithCancel(t.Context())
	tries := 0
	persist(ctx, h, func(standing func()) error {
		switch tries++; tries {
		case 3:
			standing()
		case 5:
			end()
		}
		return errAway
	})
	if n := strings.Count(said.String(), "cannot be watched"); n != 2 {
		t.Errorf("told %d times of two outages:\n%s", n, said.String())
	}
}
