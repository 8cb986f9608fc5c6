//go:build unix

package main_test

import (
	"strings"
	"testing"
)

// TestSandbox_CardsNameWhatTheWindowNames: with --sandbox a card of the portal's page has
// the code that the window showed, and the fingerprint of the refresh token that stands in
// the account's details, of the newest one.
func TestSandbox_CardsNameWhatTheWindowNames(t *testing.T) {
	t.Parallel()
	x, env := window(t, 140, 40)
	x.match(`No accounts yet`)
	_, portal := throwaway(t, env)
	x.press("a")
	x.match(`Where is the account`)
	x.press("\r")
	x.match(`Which MiniMax`)
	x.press("\r")
	x.match(`shall it be called`)
	x.press("\r")
	code := x.match(codeOnScreen)[1]
	if page := get(t, portal+"/"); !strings.Contains(page, code) {
		t.Errorf("no card of the code %s: %s", code, page)
	}
	submit(t, portal, "/oauth-authorize?user_code="+code, "approve")
	x.match(`Signed in`)
	x.press("\r")
	got := x.match(`signed in .*token ([0-9a-f]{8})`)[1]
	if page := get(t, portal+"/"); !strings.Contains(page, code) || !strings.Contains(page, "token "+got) {
		t.Errorf("no card of the code %s and the token %s: %s", code, got, page)
	}
	x.press("r")
	x.match(`a new token|r again insists`)
	x.press("r")
	newer := x.match(got + ` → ([0-9a-f]{8})`)[1]
	if page := get(t, portal+"/"); strings.Contains(page, "token "+got) || !strings.Contains(page, "token "+newer) {
		t.Errorf("the card does not follow to %s: %s", newer, page)
	}
	x.press("q")
	x.press("q")
}
