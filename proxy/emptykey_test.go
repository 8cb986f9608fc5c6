package proxy

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// TestSame_AnEmptyKeyIsNeverRight: where the store yields no key, nobody has it.
func TestSame_AnEmptyKeyIsNeverRight(t *testing.T) {
	for _, tc := range []struct {
		shown, key string
		want       int
	}{{"", "", 0}, {"x", "", 0}, {"", "x", 0}, {"x", "x", 1}, {"x", "y", 0}, {"xx", "x", 0}} {
		if got := same(tc.shown, secret.New(tc.key)); got != tc.want {
			t.Errorf("%q shown for %q: %d", tc.shown, tc.key, got)
		}
	}
}
