package core

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// bomb is a network on which everything fails that can.
type bomb struct{}

func (bomb) RoundTrip(*http.Request) (*http.Response, error) { panic("boom") }

// A fault in the program reaches whoever has a terminal to give back, from each
// goroutine that stays, and no receiver waits for ever.
func TestPanic_IsToldInPlaceOfEndingTheProgram(t *testing.T) {
	r := newRig(t)
	done, ok := r.signIn(SignInOptions{}).(SignedIn)
	if !ok {
		t.Fatal("not signed in")
	}
	told := make(chan string, 4)
	broken := func() *Core {
		c := config(r.dir, r.portal.URL(), r.clock)
		c.OAuth = oauth.NewClient(oauth.Config{Clock: r.clock, Transport: bomb{}})
		c.OnPanic = func(value any, stack []byte) { told <- value.(string) + string(stack) }
		return Open(c)
	}
	heard := func(where string) {
		t.Helper()
		select {
		case text := <-told:
			if !strings.HasPrefix(text, "boom") || !strings.Contains(text, "RoundTrip") {
				t.Errorf("%s: told %q", where, text)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: nobody was told", where)
		}
	}
	for range broken().SignIn(t.Context(), SignInOptions{Provider: "minimax"}) {
	}
	heard("sign-in")
	r.clock.Advance(time.Hour)
	ctx, leave := context.WithCancel(t.Context())
	c, left := broken(), make(chan struct{})
	go func() {
		defer close(left)
		_, _ = c.Refresh(ctx, done.Account.ID, RefreshOptions{})
	}()
	heard("refresh")
	leave()
	<-left
	_ = c.Close(t.Context())
}
