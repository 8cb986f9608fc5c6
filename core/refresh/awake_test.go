package refresh

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// The machine is kept from being suspended from before anything is written down until
// what was answered is stored, however it ends; and not where nothing is sent.
func TestRefresh_KeepsAwake(t *testing.T) {
	for name, answer := range map[string]func(w *world) func(string) oauth.Answer{
		"granted":  func(w *world) func(string) oauth.Answer { return w.granted(2) },
		"terminal": func(*world) func(string) oauth.Answer { return failing(oauth.Terminal, "invalid_grant", 0) },
		"not sent": func(*world) func(string) oauth.Answer { return failing(oauth.NotSent, "unreachable", 0) },
		"panic":    func(*world) func(string) oauth.Answer { return func(string) oauth.Answer { panic("in the middle") } },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			held, times := false, 0
			w.engine.Awake = func(string) func() {
				if w.head().Intent != nil {
					t.Error("it was asked for after the refresh was written down")
				}
				held, times = true, times+1
				return func() {
					if in := w.head().Intent; (in != nil) != (name == "panic") {
						t.Errorf("let go of while the refresh is under way: %+v", in)
					}
					held = false
				}
			}
			_, _ = w.refresh(Request{})
			if times > 0 {
				t.Error("it was asked for although nothing is sent")
			}
			w.expire()
			then := answer(w)
			w.script.then(func(sent string) oauth.Answer {
				if !held {
					t.Error("the request left without it")
				}
				return then(sent)
			})
			func() {
				defer func() { _ = recover() }()
				_, _ = w.refresh(Request{})
			}()
			if held || times != 1 {
				t.Errorf("held: %t, asked for %d times", held, times)
			}
		})
	}
}
