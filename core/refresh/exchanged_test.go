package refresh

import (
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// exchanging is a world whose provider exchanges a grant, and names its API each time.
func exchanging(t *testing.T, base string) (*world, func(string) oauth.Answer) {
	t.Helper()
	w := newWorld(t)
	w.engine.Rules = func(string, string) (Rules, error) {
		return Rules{Flow: w.script, Check: w.check, Exchanged: true}, nil
	}
	return w, func(sent string) oauth.Answer {
		a := w.granted(2)(sent)
		a.Tokens.ResourceURL = base
		return a
	}
}

// An exchange that was killed has spent nothing: a grant that is dead afterwards was not
// lost by it.
func TestExchanged_AKillSpendsNothing(t *testing.T) {
	w, answer := exchanging(t, "")
	w.expire()
	w.crashing(answer, false)
	w.script.then(failing(oauth.Terminal, "bad_credentials", 0))
	if _, err := w.refresh(Request{}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatal(err)
	}
	if m := w.head().Marker; m.Reason != "runtime_refresh_failure" || m.Code != "bad_credentials" {
		t.Errorf("marker %+v", m)
	}
}

// Each exchange may name another address of the API, on a host that may have the token;
// a provider that refreshes moves nothing.
func TestExchanged_TheAPIMoves(t *testing.T) {
	for base, moves := range map[string]bool{"http://127.0.0.1:7/copilot": true, "https://evil.example/copilot": false} {
		for _, exchanged := range []bool{true, false} {
			w, answer := exchanging(t, base)
			rules := w.engine.Rules
			w.engine.Rules = func(id, region string) (Rules, error) {
				r, err := rules(id, region)
				r.Exchanged = exchanged
				return r, err
			}
			w.expire()
			w.script.then(func(sent string) oauth.Answer { return answer(sent) })
			got, err := w.refresh(Request{})
			if err != nil {
				t.Fatal(err)
			}
			if moved := got.Current.Blob.Binding.BaseURL == base; moved != (moves && exchanged) {
				t.Errorf("%s, exchanged %t: the API is at %q", base, exchanged, got.Current.Blob.Binding.BaseURL)
			}
		}
	}
}
