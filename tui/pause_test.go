package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
)

func TestPause_IsSetAndTakenBack(t *testing.T) {
	in(t, newBackend(account("work"), account("other")), func(d *driver) {
		d.press("v")
		d.shows("‖ paused", "work is paused. v resumes it.", "Out of the rotation until you resume it.")
		d.press("z")
		d.shows("work is back in the rotation.")
		d.press("v", "v")
		d.shows("work is back in the rotation.", "● ok")
		d.press("p")
		d.press("v")
		d.shows("paused", "serves next")
	})
}

func TestPause_EndsByTimeAlone(t *testing.T) {
	a := account("work")
	a.ExpiresAt = noon.Add(50 * time.Hour)
	a.Paused = pool.Pause{At: noon, Until: noon.Add(2 * time.Hour)}
	in(t, newBackend(a), func(d *driver) {
		d.shows("paused", "Out of the rotation until")
		d.wait(2 * time.Hour)
		d.shows("● ok")
	})
}
