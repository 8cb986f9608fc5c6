package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// working films Claude Code, the real program, at work through the accounts, while the
// provider ends the sign-in of the one that serves it.
func working(claude string, keyring bool) func(s *stage) error {
	return func(s *stage) error {
		if keyring {
			s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
			config := filepath.Join(s.home, ".config", "hermes-tui", "config.toml")
			if err := os.WriteFile(config, []byte("browser = false\nkeystore = \"keyring\"\n"), 0o600); err != nil {
				return err
			}
		}
		if err := fullList(s); err != nil {
			return err
		}
		code, err := s.claude(claude)
		if err != nil {
			return err
		}
		list, err := s.open(84, 21, screen.Dark, "--theme", "dark", "--no-animation")
		if err != nil {
			return errors.Join(err, code.close())
		}
		film := roll(s, list, code)
		code.press("\x03", "\x03") // which ends it
		if err := errors.Join(list.close(), code.close()); err != nil {
			return err
		}
		return s.write("working", film.SVG(film.Frames()-1))
	}
}

// fullList is four accounts, of which plans are known.
func fullList(s *stage) error {
	for _, one := range []struct {
		life  time.Duration
		label string
		cn    bool
	}{{14 * time.Minute, "work", false}, {9 * time.Minute, "personal", false}, {11 * time.Minute, "nights", false}, {6 * time.Minute, "shanghai", true}} {
		args := []string{"minimax", "--label", one.label}
		if one.cn {
			args = append(args, "--region", "cn")
		}
		if err := s.login(one.life, args...); err != nil {
			return err
		}
	}
	grants := s.portal.Grants() // the newest first
	for i, used := range []int{17, 4, 38, 62} {
		if err := s.portal.UsePlan(grants[i].ID, used); err != nil {
			return err
		}
	}
	return errors.Join(s.do("use", "minimax-oauth/global"), s.do("usage"))
}

// claude starts Claude Code, which has been started before, in a folder of its own. It
// talks to its model and to nobody else.
func (s *stage) claude(program string) (*window, error) {
	project := filepath.Join(s.home, "parser")
	settings := filepath.Join(s.home, ".claude")
	for _, dir := range []string{project, settings} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	known, err := json.Marshal(map[string]any{
		"hasCompletedOnboarding": true, "theme": "dark", "numStartups": 5,
		"projects": map[string]any{project: map[string]any{"hasTrustDialogAccepted": true, "hasCompletedProjectOnboarding": true}},
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(settings, ".claude.json"), known, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command(s.program, "exec", "--", program)
	cmd.Dir = project
	cmd.Env = append(s.env, "CLAUDE_CONFIG_DIR="+settings, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "DISABLE_TELEMETRY=1",
		"DISABLE_ERROR_REPORTING=1", "DISABLE_AUTOUPDATER=1", "CLAUDE_CODE_DISABLE_TERMINAL_TITLE=1")
	return s.start(cmd, 84, 21, screen.Dark)
}

// roll takes the twelve seconds.
func roll(s *stage, list, code *window) *screen.Film {
	f := screen.NewFilm(screen.Dark)
	still := func(w *window, caption string, holds time.Duration) { f.Take(w.screen, caption, holds) }
	ask := func(caption, text string) {
		for _, letter := range text {
			code.press(string(letter))
			still(code, caption, 35*time.Millisecond)
		}
		code.press(enter)
	}
	list.sees("shanghai")
	still(list, "Every sign-in of your agents: when its token ends, what is left of its plan.", 2200*time.Millisecond)

	code.sees(`(?m)^❯`)
	ask("Claude Code works through them: hermes-tui exec -- claude", "Why does the test fail?")
	code.sees("The sandbox read: Why")
	still(code, "Claude Code works through them: hermes-tui exec -- claude", 1300*time.Millisecond)

	list.err = errors.Join(list.err, s.revoke(len(s.portal.Grants())-1)) // that of work, the oldest
	ask("The provider ends the sign-in that served it. The next account goes on.", "Fix it.")
	code.sees("The sandbox read: Fix")
	still(code, "The provider ends the sign-in that served it. The next account goes on.", 1500*time.Millisecond)

	list.sees("sign in again")
	still(list, "The window asks at once, and says who serves meanwhile.", 2200*time.Millisecond)
	time.Sleep(time.Second) // it hears no key that was meant for something else
	list.press(enter)
	list.sees("waiting for your approval")
	still(list, "One key: a new code for the same account.", 1500*time.Millisecond)
	list.err = errors.Join(list.err, s.approve())
	list.sees(`work +.*● ok`)
	still(list, "Approved: label and place stayed, and work serves again.", 2000*time.Millisecond)
	return f
}
