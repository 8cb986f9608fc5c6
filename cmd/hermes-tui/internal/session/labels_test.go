package session

import "testing"

// What is no word of its own is a part of something that exists by that name.
func TestRelabel(t *testing.T) {
	for text, want := range map[string]string{
		"a1b2":                           "work",
		"run `hermes-tui login a1b2`":    "run `hermes-tui login work`",
		"refresh a1b2 --force, or a1b2.": "refresh work --force, or work.",
		"a1b2 a1b2: \"a1b2\" (a1b2)":     "work work: \"work\" (work)",
		"/state/acct/a1b2.head: broken":  "/state/acct/a1b2.head: broken",
		"/state/acct/a1b2.0f.age":        "/state/acct/a1b2.0f.age",
		`C:\state\acct\a1b2.lock`:        `C:\state\acct\a1b2.lock`,
		"hermes-tui-a1b2":                "hermes-tui-a1b2",
		"http://h/account/a1b2/v1":       "http://h/account/a1b2/v1",
		"xa1b2 a1b2x":                    "xa1b2 a1b2x",
	} {
		if got := relabel(text, "a1b2", "work"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := relabel("a1b2", "a1b2", "my a1b2"); got != "a1b2" {
		t.Errorf("a label with the id in it: %q", got)
	}
}
