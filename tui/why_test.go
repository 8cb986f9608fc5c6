package tui

import "testing"

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
