package tui

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core"
)

func TestWhy_SaysWhatTheProviderSaid(t *testing.T) {
	for message, want := range map[string]string{
		"": "work: MiniMax refused its refresh token and did not say more.",
		"MiniMax answered 400: invalid_grant: the sign-in was revoked": "work: MiniMax refused its refresh token. MiniMax answered 400: invalid_grant: the sign-in was revoked.",
		"too long to be shown…":                                        "work: MiniMax refused its refresh token. Too long to be shown…",
		"\x1b[2Jwiped":                                                 "work: MiniMax refused its refresh token. Wiped.",
	} {
		a := dead(account("work"))
		a.Marker.Code, a.Marker.Message = "invalid_grant", message
		if got := causeOf(a).story(a); got != want {
			t.Errorf("%q is told as %q, want %q", message, got, want)
		}
	}
}

// TestCause_IsTheSameWhereverItIsTold: the card, the sheet for one and for
// several, and the page behind ? tell one story.
func TestCause_IsTheSameWhereverItIsTold(t *testing.T) {
	coded := func(code string) func(*core.Account) { return func(a *core.Account) { a.Marker.Code = code } }
	for name, tt := range map[string]struct {
		change                      func(*core.Account)
		card, sheet, several, story string
	}{
		"used twice": {coded("refresh_token_reused"), "Another program had already used its refresh token", "another program had used it already",
			"another program used its refresh token", "Another program, or a copy"},
		"access denied":      {coded("access_denied"), "Access was taken back at MiniMax", "Access was taken back at MiniMax", "access was taken back", "access was taken back at MiniMax"},
		"token revoked":      {coded("token_revoked"), "Access was taken back at MiniMax", "Access was taken back at MiniMax", "access was taken back", "access was taken back at MiniMax"},
		"nothing to refresh": {coded("no_refresh_token"), "There is no refresh token", "There is no refresh token", "There is no refresh token", "gave no refresh token"},
		"lost answer": {func(a *core.Account) { a.Marker.Code, a.Interrupted = "invalid_grant", true },
			"The answer of a refresh never arrived", "The answer of a refresh never arrived", "The answer of a refresh never arrived", "its answer never arrived"},
		"refused": {coded("invalid_grant"), "MiniMax refused its refresh token", "MiniMax refused its refresh token", "MiniMax refused its refresh token", "MiniMax refused its refresh token"},
	} {
		t.Run(name, func(t *testing.T) {
			one, two := dead(account("one")), dead(account("two"))
			tt.change(&one)
			tt.change(&two)
			in(t, newBackend(one, two), func(d *driver) {
				d.shows(tt.card)
				asks := func(want string, ids ...string) {
					t.Helper()
					s := &signInSheet{ids: ids}
					s.derive(d.m.window)
					if body := strings.Join(s.text(d.m.window, 120).Body, "\n"); !strings.Contains(body, want) {
						t.Errorf("the sheet of %q says\n%s\nwant %q", ids, body, want)
					}
				}
				asks(tt.sheet, one.ID)
				asks(tt.several, one.ID, two.ID)
				if told := strings.Join(d.m.tell().why([]string{one.ID}), "\n"); !strings.Contains(told, tt.story) {
					t.Errorf("? tells\n%s\nwant %q", told, tt.story)
				}
			})
		})
	}
}
