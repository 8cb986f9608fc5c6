package doctor

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/upkeep"
)

// refusing is a network on which nobody answers.
type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, os.ErrDeadlineExceeded }

// FuzzExamine: labels, names of variables' accounts, addresses and what a server
// said. Whatever they are, each finding is one sentence with a cure.
func FuzzExamine(f *testing.F) {
	f.Add("work", "minimax/work", "https://api.minimax.io/anthropic", "unix:path=/run/user/1000/bus", "refused")
	f.Add("", "/", "http://[::1", "disabled:", "")
	f.Add("\x1b[2J", "%", "://", "unix:path=%zz;unix:abstract=x", "\x00")
	f.Fuzz(func(t *testing.T, label, named, url, bus, said string) {
		sick := account("a1b2c3", func(a *core.Account) { a.Label = label })
		p := patient(t, accounts{
			snapshot: core.Snapshot{Accounts: []core.Account{sick}},
			verify:   map[string]error{"a1b2c3": &autherr.Error{Kind: autherr.Keystore, Message: said, Hint: "repair it"}},
			servers:  []upkeep.Server{{Name: "MiniMax", URL: url}},
		})
		p.Transport = refusing{}
		p.Env = func(name string) string {
			return map[string]string{"HERMES_TUI_ACCOUNT": named, "DBUS_SESSION_BUS_ADDRESS": bus, "HERMES_HOME": filepath.Join(p.State, "none")}[name]
		}
		n := 0
		Examine(t.Context(), p, func(f Finding) {
			n++
			if f.Check == "" || f.Saw == "" || (f.Level == Good) != (f.Cure == "") {
				t.Errorf("%+v", f)
			}
			if strings.ContainsFunc(f.Saw+f.Cure, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
				t.Errorf("%q %q", f.Saw, f.Cure)
			}
		})
		if n == 0 {
			t.Error("nothing was seen")
		}
	})
}
