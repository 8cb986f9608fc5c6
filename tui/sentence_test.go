package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// What the strip says of each state, word by word.
func TestSentence_OfEveryState(t *testing.T) {
	marked := func(code, message string) func(*core.Account) {
		return func(a *core.Account) {
			a.Status = record.StatusQuarantined
			a.Marker = &record.Note{Code: code, Message: message, At: noon.Add(-3 * time.Second)}
		}
	}
	for name, tc := range map[string]struct {
		change func(*core.Account)
		want   string
	}{
		"ok":        {func(*core.Account) {}, "● Works. Refreshes itself at 14:13, a minute before it expires."},
		"long skew": {func(a *core.Account) { a.ObtainedAt, a.ExpiresAt, a.Skew = noon, noon.Add(5*time.Hour), time.Hour }, "Refreshes itself at 18:02, an hour before it expires."},
		"short": {func(a *core.Account) { a.ObtainedAt, a.ExpiresAt = noon, noon.Add(90*time.Second) },
			"Refreshes itself at 14:03:14, 30s before it expires."},
		"no refresh token": {func(a *core.Account) { a.Unrefreshable = true },
			"● Works until 14:14. It has no refresh token: sign in again then."},
		"no refresh token, at its end": {func(a *core.Account) { a.Unrefreshable, a.ExpiresAt = true, noon.Add(30*time.Second) },
			"• Works until 14:02:44. It has no refresh token: sign in again then."},
		"expiring":   {func(a *core.Account) { a.ExpiresAt = noon.Add(30 * time.Second) }, "• About to expire; a new token is being fetched."},
		"refreshing": {func(a *core.Account) { a.RefreshingSince = noon.Add(-2 * time.Second) }, "» Fetching a new token since 2s. The old one still serves."},
		"refreshing, late": {func(a *core.Account) { a.RefreshingSince, a.ExpiresAt = noon, noon.Add(-time.Second) },
			"» Fetching a new token since 0s."},
		"expired": {func(a *core.Account) { a.ExpiresAt = noon.Add(-time.Minute) }, "○ Refreshed at the next request, or now with r. No sign-in needed."},
		"cooling down": {func(a *core.Account) {
			a.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(41 * time.Minute), Named: true, Status: 429}
		}, "■ MiniMax asked to wait (too many requests, 429). Serves again at 14:43."},
		"out of credits": {func(a *core.Account) {
			a.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Hour), Status: 402}
		}, "■ MiniMax says it is out of credits (402). Tried again at 15:02."},
		"token refused": {func(a *core.Account) {
			a.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Hour), Status: 401}
		}, "■ MiniMax refused its token (401). Tried again at 15:02."},
		"cooling down soon": {func(a *core.Account) { a.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Minute), Named: true} }, "■ MiniMax asked to wait. Serves again at 14:03:14."},
		"not included":      {func(a *core.Account) { a.NotIncluded = true }, "■ Signed in, but the plan has no API access."},
		"shared":            {func(a *core.Account) { a.Owner = "hermes-agent" }, "○ hermes-agent owns this sign-in; it is used but not refreshed here."},
		"shared, over": {func(a *core.Account) { a.Owner, a.ExpiresAt = "hermes-agent", noon.Add(-time.Minute) },
			"○ Its token has ended, and only hermes-agent refreshes this sign-in."},
		"locked":       {func(a *core.Account) { a.Locked = true }, "! The keyring is locked. Unlock it, then press r."},
		"discontinued": {func(a *core.Account) { a.Discontinued = "Qwen ended its sign-in" }, "● Works while its token lives. Qwen ended its sign-in."},
		"discontinued, over": {func(a *core.Account) { a.Discontinued, a.ExpiresAt = "Qwen ended its sign-in", noon.Add(-time.Minute) },
			"○ Its token has ended. Qwen ended its sign-in."},
		"grant ending": {func(a *core.Account) { a.GrantExpiresAt = noon.Add(4*24*time.Hour + 2*time.Hour) },
			"● Works, but the sign-in itself ends in 4d 2h. Sign in again before that."},
		"grant ended":        {func(a *core.Account) { a.GrantExpiresAt = noon.Add(-25 * time.Hour) }, "● The sign-in itself ended 1d ago. Sign in again."},
		"signed out":         {func(a *core.Account) { a.SignedOut = true }, "– No tokens are stored for it."},
		"reused":             {marked("refresh_token_reused", ""), "! Another program had already used its refresh token (14:02 today)."},
		"refused":            {marked("invalid_grant", "x"), "! MiniMax refused its refresh token (14:02 today)."},
		"taken back":         {marked("access_denied", "x"), "! Access was taken back at MiniMax (14:02 today)."},
		"nothing to refresh": {marked("no_refresh_token", "x"), "! There is no refresh token (14:02 today)."},
		"other words":        {marked("crashed", "the last refresh was cut off\x1b[2J."), "! The last refresh was cut off"},
		"no words":           {marked("crashed", ""), "! MiniMax refused its refresh token (14:02 today)."},
		"no marker":          {func(a *core.Account) { a.Status = record.StatusQuarantined }, "! MiniMax refused its refresh token."},
	} {
		t.Run(name, func(t *testing.T) {
			a := account("work")
			tc.change(&a)
			in(t, newBackend(a), func(d *driver) {
				d.shows(tc.want)
				if strings.Contains(d.text(), "\x1b") {
					t.Error("a control character is drawn")
				}
			})
		})
	}
}

// A store in sealed files has a key of ours to unlock, and no keyring.
func TestSentence_OfALockedFile(t *testing.T) {
	a := account("work")
	a.Locked = true
	b := newBackend(a)
	b.snap.Store.Kind = "file"
	in(t, b, func(d *driver) { d.shows("! The keystore is locked. Run hermes-tui unlock, then press r.") })
}

func TestFacts_OfUnusualAccounts(t *testing.T) {
	a := account("work")
	a.Source, a.Scope, a.SignedInAt, a.LastRefreshAt = "", "", time.Time{}, time.Time{}
	a.GrantExpiresAt = noon.Add(36 * time.Hour)
	in(t, newBackend(a), func(d *driver) {
		d.press("enter")
		d.shows("signed in     –", "scopes        –", "last refresh  never", "sign-in ends  in 1d 12h", "region        global")
	})
	a.Source, a.GrantExpiresAt = "import", noon.Add(-3*time.Minute)
	in(t, newBackend(a), func(d *driver) { d.shows("signed in     import", "sign-in ends  3m ago") })
}

func TestBrowser_ThatDoesNotOpenIsSaid(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.shows("No browser could be opened. Open the link on any device.", "ABCD-1234")
	}, func(o *Options) {
		o.OpenBrowser = func(string) error { return errors.New("exec: xdg-open: not found") }
	})
}

func TestSentence_OfASignInThatEnds(t *testing.T) {
	a := account("nous")
	a.ProviderName, a.GrantExpiresAt = "Nous Portal", noon.Add(4*24*time.Hour+2*time.Hour)
	in(t, newBackend(a), func(d *driver) {
		d.shows("Works, but the sign-in itself ends in 4d 2h. Sign in again before that.", "1 account · 1 sign-in ends soon")
	})
	in(t, newBackend(a, account("other"), a), func(d *driver) { d.shows("3 accounts · 2 sign-ins end soon") })
}

// Whose account it is stands in its details.
func TestFacts_Owner(t *testing.T) {
	a := account("work")
	a.Identity = oauth.Identity{Label: "me@x.example", Account: "workspace-1"}
	in(t, newBackend(a), func(d *driver) {
		d.press("enter")
		d.shows("belongs to    me@x.example (workspace-1)")
	})
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("enter")
		d.hides("belongs to")
	})
}
