//go:build unix

package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestIdleWindow: nobody touches two windows. One counts seconds and writes the
// figures that change; the other counts hours and writes nothing at all.
func TestIdleWindow(t *testing.T) {
	t.Parallel()
	const countdown = `ok +in (\d+m \d\ds)`
	open := func(life time.Duration, shown string) *terminal {
		b := newBench(t, sandbox.Options{AccessTTL: life})
		b.signIn()
		x := b.session(100, 30, false, `exec hermes-tui`)
		x.match(shown)
		return x
	}
	seconds, hours := open(50*time.Minute, countdown), open(51*time.Hour+30*time.Minute, `ok +in 2d 3h`)
	seconds.match(`signed in`) // the card is there, so that only time is to come
	hours.match(`signed in`)
	left := seconds.match(countdown)[1]
	seconds.matchOther(countdown, left)
	for quiet, spans := false, 0; !quiet; {
		began := time.Now()
		before, still := len(seconds.written()), len(hours.written())
		for range 4 {
			seconds.matchOther(countdown, seconds.match(countdown)[1])
		}
		// A minute that ended meanwhile may have changed what the other says.
		if quiet = time.Now().Truncate(time.Minute).Equal(began.Truncate(time.Minute)); !quiet {
			continue
		}
		if more := hours.written()[still:]; more != "" {
			if spans++; spans < 3 { // on a busy machine it may only now have heard what its terminal can do
				quiet = false
				continue
			}
			t.Errorf("nothing changed, and yet it wrote %q", more)
		}
		more := seconds.written()[before:]
		if cells := len([]rune(strings.TrimSpace(ansi.Strip(more)))); cells > (2+4)*int(time.Since(began)/time.Second+2) { // at most two digits a second, and the line of its life
			t.Errorf("%d cells were written in %v: %q", cells, time.Since(began), more)
		}
	}
}
