package main

import (
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// sample is how often the screen is looked at while time passes in the film.
const sample = 100 * time.Millisecond

// film is the first minutes: a sign-in, a token that refreshes itself, a sign-in
// that the provider ends, and the key that repairs it.
func film(s *stage) error {
	w, err := s.open(92, 24, screen.Dark, "--theme", "dark", "--no-animation")
	if err != nil {
		return err
	}
	f := screen.NewFilm(screen.Dark)
	still := func(caption string, holds time.Duration) { f.Take(w.screen, caption, holds) }
	roll := func(caption string, long time.Duration) {
		for ; long > 0 && w.err == nil; long -= sample {
			time.Sleep(sample)
			f.Take(w.screen, caption, sample)
		}
	}
	approve := func() { w.err = errors.Join(w.err, s.approve()) }

	w.sees("No accounts yet")
	still("hermes-tui, started for the first time.", 2*time.Second)
	w.press("a")
	w.sees("Where is the account")
	still("Press a to sign in.", 1200*time.Millisecond)
	w.press(enter)
	w.sees("Which MiniMax")
	still("Press enter: MiniMax.", 1100*time.Millisecond)
	w.press(enter)
	w.sees("shall it be called")
	still("Press enter: its global region.", 800*time.Millisecond)
	w.press("\x15")
	for _, letter := range "work" {
		w.press(string(letter))
		still("A label of your own.", 180*time.Millisecond)
	}
	still("A label of your own.", 800*time.Millisecond)
	w.press(enter)
	w.sees("waiting for your approval")
	w.want("s", "s hide QR")
	roll("Scan it with a phone, or open the link on any device, and approve.", 3*time.Second)
	approve()
	w.sees("ok +in")
	poster := f.Frames()
	roll("Signed in. The tokens lie in the OS keyring, or in files sealed with age.", 3*time.Second)
	w.sees("in 5s")
	roll("Here a token lives for 12 seconds. It refreshes itself before it ends.", 5*time.Second)
	if err := s.revoke(0); err != nil {
		return errors.Join(err, w.close())
	}
	w.press("r")
	w.sees("r again insists")
	still("The provider ends the sign-in. Press r, and r again right after a refresh.", 1500*time.Millisecond)
	w.press("r")
	w.sees("needs you to sign in again")
	roll("You are asked at once, and nothing is retried.", 3500*time.Millisecond)
	w.press(enter)
	w.sees("waiting for your approval")
	w.want("s", "s hide QR")
	roll("Press enter: a new code, for the same account.", 2*time.Second)
	approve()
	w.sees("ok +in")
	roll("Approved: id, label and place in the pool stayed.", 3500*time.Millisecond)
	if err := w.close(); err != nil {
		return err
	}
	return s.write("film", f.SVG(poster))
}
