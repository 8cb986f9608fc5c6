package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// address is where the sandbox listens, so that it is the same on every picture.
const address = "127.0.0.1:43210"

// offset is how far from UTC a place is in which it is two o'clock now, to the
// minute.
func offset(now time.Time) time.Duration {
	far := (14*time.Hour - now.UTC().Sub(now.UTC().Truncate(24*time.Hour))).Round(time.Minute)
	if far > 12*time.Hour {
		far -= 24 * time.Hour
	}
	return far
}

// stage is a made-up home, a portal, and the program.
type stage struct {
	program, out, home string
	life               time.Duration
	env                []string
	portal             *sandbox.Server
	ahead              atomic.Int64 // the portal's clock minus ours
}

// onStage runs f on a stage of its own, whose tokens live for life.
func onStage(program, out string, life time.Duration, f func(*stage) error) error {
	top, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(top) }()
	home := filepath.Join(top, "home")
	zone := filepath.Join(top, "zone")
	config := filepath.Join(home, ".config")
	if err := os.MkdirAll(filepath.Join(config, "hermes-tui"), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(config, "hermes-tui", "config.toml"), []byte("browser = false\nkeystore = \"file\"\n"), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(zone, zoneFile(offset(time.Now())), 0o600); err != nil {
		return err
	}
	s := &stage{program: program, out: out, home: home, life: life}
	s.portal = sandbox.New(sandbox.Options{
		AccessTTL: life, RetryAfter: 41*time.Minute + 9*time.Second,
		Now:  func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) },
		Rand: rand.NewChaCha8([32]byte{5}),
	})
	if err := s.portal.Listen(address); err != nil {
		return err
	}
	defer func() { _ = s.portal.Close(context.Background()) }()
	s.env = []string{
		"HOME=" + home, "TMPDIR=" + top, "TZ=" + zone, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
		"PATH=" + filepath.Dir(program) + ":" + os.Getenv("PATH"),
		"XDG_CONFIG_HOME=" + config, "XDG_DATA_HOME=" + filepath.Join(home, ".local/share"), "XDG_STATE_HOME=" + filepath.Join(home, ".local/state"),
	}
	for _, pool := range []string{"MINIMAX", "MINIMAX_CN"} {
		s.env = append(s.env, "HERMES_TUI_"+pool+"_OAUTH_URL="+s.portal.URL(), "HERMES_TUI_"+pool+"_INFERENCE_URL="+s.portal.URL()+"/anthropic")
	}
	return f(s)
}

// zoneFile is a time zone (TZif, RFC 9636) that is this far from UTC all the
// time.
func zoneFile(offset time.Duration) []byte {
	file := append([]byte("TZif"), make([]byte, 16)...)
	for _, n := range []uint32{0, 0, 0, 0, 1, 4} { // only one type, and its name
		file = binary.BigEndian.AppendUint32(file, n)
	}
	file = binary.BigEndian.AppendUint32(file, uint32(int32(offset/time.Second)))
	return append(file, 0, 0, 'P', 'I', 'C', 0)
}

// do runs the program and waits for it.
func (s *stage) do(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.program, args...)
	cmd.Env, cmd.Dir = s.env, s.home
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("hermes-tui %q: %w\n%s", args, err, out)
	}
	return nil
}

// login signs in to an account whose first token lives this long.
func (s *stage) login(life time.Duration, args ...string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		for ctx.Err() == nil && !s.waits() {
			time.Sleep(20 * time.Millisecond)
		}
		s.ahead.Store(int64(life - s.life))
		_ = s.approve()
	}()
	defer s.ahead.Store(0)
	return s.do(append([]string{"login", "--no-browser"}, args...)...)
}

// waits says whether a sign-in waits for approval.
func (s *stage) waits() bool {
	return slices.ContainsFunc(s.portal.Codes(), func(c sandbox.Code) bool { return c.State == sandbox.CodePending })
}

// approve approves the sign-ins that wait.
func (s *stage) approve() error {
	for _, code := range s.portal.Codes() {
		if code.State == sandbox.CodePending {
			if err := s.portal.Approve(code.UserCode); err != nil {
				return err
			}
		}
	}
	return nil
}
