package tui

import "time"

// gazeTime is how long after a key press the window counts as looked at where the
// terminal does not say. That goes for the bell that rings where nothing is
// configured, and not for what a person has asked for.
const gazeTime = 30 * time.Second

// gaze is what is known of whether the window is looked at.
type gaze struct {
	told bool // the terminal has said
	in   bool // what it said last
	key  time.Time
}

// on says whether the window is looked at. A terminal that never says so is taken for
// one that is not; with guess unless a key has just been pressed.
func (g *gaze) on(now time.Time, guess bool) bool {
	if g.told {
		return g.in
	}
	return guess && !g.key.IsZero() && now.Sub(g.key) < gazeTime
}

// turns notes what the terminal says.
func (g *gaze) turns(in bool) { g.told, g.in = true, in }
