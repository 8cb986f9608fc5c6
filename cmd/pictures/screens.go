package main

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/screen"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// What a terminal sends for these keys.
const (
	enter, esc, tab, down, up, home, end = "\r", "\x1b", "\t", "\x1b[B", "\x1b[A", "\x1b[H", "\x1b[F"
	pause                                = 1600 * time.Millisecond // a sheet that opens by itself ignores keys
)

// screens goes through every screen.
func screens(s *stage) error {
	for _, part := range []func(*stage) error{signingIn, cast, importing, living, looks, atOnce} {
		if err := part(s); err != nil {
			return err
		}
	}
	return nil
}

// dark opens the window as most pictures show it.
func (s *stage) dark() (*window, error) {
	return s.open(100, 30, screen.Dark, "--theme", "dark")
}

// signingIn is the first start and a sign-in.
func signingIn(s *stage) error {
	w, err := s.dark()
	if err != nil {
		return err
	}
	w.sees("No accounts yet")
	w.picture("empty")
	w.press("a")
	w.sees("Where is the account")
	w.picture("signin-provider")
	w.press("minimax", enter)
	w.sees("Which MiniMax")
	w.picture("signin-region")
	w.press(enter)
	w.sees("called")
	w.press("\x15work")
	w.picture("signin-label")
	w.press(enter)
	w.sees("waiting for your approval")
	w.want("s", "s QR code") // it is there by itself in a remote session
	w.picture("signin-code")
	w.want("s", "s hide QR")
	w.picture("signin-qr")
	for _, code := range s.portal.Codes() {
		w.err = errors.Join(w.err, s.portal.Deny(code.UserCode))
	}
	w.sees("was denied")
	w.picture("signin-failed")
	return w.close()
}

// cast makes the accounts that the other pictures show.
func cast(s *stage) error {
	for _, one := range []struct {
		life time.Duration
		args []string
	}{
		{15 * time.Minute, []string{"minimax", "--label", "work"}},
		{4 * time.Minute, []string{"minimax", "--label", "personal"}},
		{9 * time.Minute, []string{"minimax", "--label", "batch-jobs"}},
		{15 * time.Minute, []string{"minimax", "--label", "old-laptop"}},
		{6 * time.Minute, []string{"minimax", "--region", "cn", "--label", "shanghai"}},
	} {
		if err := s.login(one.life, one.args...); err != nil {
			return err
		}
	}
	for _, label := range []string{"work", "personal", "shanghai"} {
		if err := s.do("token", label); err != nil {
			return err
		}
	}
	return s.cooldown("batch-jobs")
}

// cooldown lets the model API refuse a request of an account.
func (s *stage) cooldown(label string) error {
	fault, err := sandbox.ParseFault("429@model:1")
	if err != nil {
		return err
	}
	s.portal.SetFaults(fault)
	return s.do("exec", label, "--", "sh", "-c", `curl -s "$ANTHROPIC_BASE_URL/v1/messages" -H "x-api-key: $HERMES_TUI_LOCAL_KEY" -H "anthropic-version: 2023-06-01" -H "content-type: application/json" `+
		`-d '{"model":"MiniMax-M2","max_tokens":9,"messages":[{"role":"user","content":"hello"}]}' >/dev/null`)
}

// revoke lets the provider take a sign-in back, counted from the newest.
func (s *stage) revoke(grant int) error { return s.portal.Revoke(s.portal.Grants()[grant].ID) }

// importing is hermes-agent's accounts coming over.
func importing(s *stage) error {
	dir := filepath.Join(s.home, ".hermes")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "auth.json"), authFile(time.Now()), 0o600); err != nil {
		return err
	}
	w, err := s.dark()
	if err != nil {
		return err
	}
	w.sees("work")
	w.press("i")
	w.sees("new account")
	w.picture("import")
	w.press(tab, enter)
	w.sees("y ")
	w.picture("import-ask")
	w.press("n", tab, tab)
	w.press(enter)
	w.sees("shared")
	return w.close()
}

// living is everything around accounts that exist.
func living(s *stage) error {
	w, err := s.dark()
	if err != nil {
		return err
	}
	w.sees("old-laptop")
	w.press(home)
	w.sees("work · MiniMax")
	if err := s.revoke(1); err != nil { // old-laptop's
		return errors.Join(err, w.close())
	}
	w.press(down, down, down)
	w.sees("old-laptop · MiniMax")
	w.press("r")
	w.sees("needs you to sign in again")
	time.Sleep(pause)
	w.picture("needs-sign-in")
	w.press("?")
	w.sees("works once")
	w.picture("why")
	w.press(esc)
	w.press(esc)
	w.sees("enter sign in again")
	w.picture("accounts-needs-sign-in")
	w.press(home)
	w.sees("work · MiniMax")
	w.picture("accounts")
	for _, shot := range []struct {
		keys []string
		sees string
		name string
		back []string
	}{
		{[]string{enter}, "accounts › work", "details", []string{esc}},
		{[]string{"p"}, "Pool", "pool", []string{esc}},
		{[]string{"w"}, "use with a program", "use-with", []string{esc}},
		{[]string{"c"}, "access token", "copy", []string{esc}},
		{[]string{"e"}, "Rename", "rename", []string{esc}},
		{[]string{"d"}, "Remove", "remove", []string{esc}},
		{[]string{" ", " "}, "refresh 2", "marks", []string{esc}},
		{[]string{"/", "m", "i", "n", "i"}, "keep", "filter", []string{esc}},
		{[]string{home, ":"}, "every|Do", "palette", []string{esc}},
		{[]string{"?"}, "STATES", "help", []string{esc}},
	} {
		w.press(shot.keys...)
		w.sees(shot.sees)
		w.picture(shot.name)
		w.press(shot.back...)
		w.sees("▌ ")
	}
	return w.close()
}

// atOnce is more than one thing at a time: a sign-in that waits behind its row,
// and two accounts that die together.
func atOnce(s *stage) error {
	w, err := s.dark()
	if err != nil {
		return err
	}
	w.sees("old-laptop")
	w.press("a")
	w.sees("Where is the account")
	w.press(enter)
	w.sees("Which MiniMax")
	w.press(enter)
	w.sees("shall it be called")
	w.press("\x15spare", enter)
	w.sees("waiting for your approval")
	w.press("b")
	w.sees("signing in")
	w.picture("signin-background")
	w.press("x")
	w.sees("given up")
	for _, grant := range []int{0, 3} { // shanghai's and personal's
		if err := s.revoke(grant); err != nil {
			return errors.Join(err, w.close())
		}
	}
	w.press(home, down, " ", down, down, " ")
	w.sees("2 marked")
	w.press("r")
	w.sees("2 accounts need you")
	time.Sleep(pause)
	w.picture("needs-sign-in-two")
	return w.close()
}

// looks are the same accounts in other colours and another size.
func looks(s *stage) error {
	for _, look := range []struct {
		name          string
		columns, rows int
		look          screen.Look
		args          []string
	}{
		{"look-light", 100, 30, screen.Light, []string{"--theme", "light"}},
		{"look-high-contrast", 100, 30, screen.Dark, []string{"--theme", "high-contrast-dark"}},
		{"look-no-color", 100, 30, screen.Dark, []string{"--no-color"}},
		{"look-ascii", 100, 30, screen.Dark, []string{"--theme", "dark", "--ascii"}},
		{"look-small", 60, 16, screen.Dark, []string{"--theme", "dark"}},
	} {
		w, err := s.open(look.columns, look.rows, look.look, look.args...)
		if err != nil {
			return err
		}
		w.sees("work")
		w.press(home)
		w.sees("work . MiniMax")
		w.picture(look.name)
		if err := w.close(); err != nil {
			return err
		}
	}
	return nil
}
