package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	// Most tests wait: for the next poll, for a token to expire, for a process.
	flag.Parse()
	if n, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String()); err == nil && n < 6 {
		_ = flag.Set("test.parallel", "6")
	}
	if flag.Lookup("test.fuzz").Value.String() != "" || flag.Lookup("test.fuzzworker").Value.String() == "true" {
		return m.Run() // what is fuzzed needs no program
	}
	if binary = os.Getenv("HERMES_TUI_TEST_PROGRAM"); binary != "" {
		return m.Run() // built before, where there is no Go: Wine
	}
	dir, err := os.MkdirTemp("", "hermes-tui-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "hermes-tui")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// limit bounds whatever a test waits for; nothing that works comes near it.
const limit = 3 * time.Minute

// bench is a machine of its own for the program: folders, environment, portal.
type bench struct {
	t      testing.TB
	home   string // HOME and HERMES_TUI_HOME
	env    []string
	portal *sandbox.Server
	// offset is the portal's clock minus ours, in nanoseconds.
	offset atomic.Int64
	events chan sandbox.Event
	gate   atomic.Pointer[chan struct{}] // refreshes wait at the portal until it is closed
	hook   func(sandbox.Event)           // hears of what happens at the portal, too, before it goes on
	id     string                        // of the account that signIn made
	lasts  time.Duration                 // for how much longer than other tests a proxy may run
}

// newBench starts a portal. Its clock and its events belong to the bench.
func newBench(t testing.TB, o sandbox.Options) *bench {
	t.Helper()
	b := &bench{t: t, home: homeFor(t), events: make(chan sandbox.Event, 10000)}
	o.Now = func() time.Time { return time.Now().Add(time.Duration(b.offset.Load())) }
	o.OnEvent = func(e sandbox.Event) {
		if b.hook != nil {
			b.hook(e)
		}
		b.events <- e
		if gate := b.gate.Load(); gate != nil && e.Kind == sandbox.KindRefresh && e.Outcome == sandbox.Received {
			<-*gate
		}
	}
	if o.CodeTTL == 0 {
		o.CodeTTL = 30 * time.Minute // signInExpired moves the portal's clock
	}
	if o.AccessTTL == 0 {
		o.AccessTTL = 15 * time.Minute
	}
	b.portal = sandbox.New(o)
	if err := b.portal.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = b.portal.Close(ctx)
	})
	b.env = []string{
		"HOME=" + b.home, "HERMES_TUI_HOME=" + filepath.Join(b.home, "tui"), "PATH=" + os.Getenv("PATH"),
		"HERMES_TUI_MINIMAX_OAUTH_URL=" + b.portal.URL(),
		"HERMES_TUI_MINIMAX_INFERENCE_URL=" + b.portal.URL() + "/anthropic",
		"HERMES_TUI_KEYSTORE=file", "TMPDIR=" + b.mkdir("tmp"), "TEMP=" + b.mkdir("tmp"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
	}
	return b
}

// homeFor makes a home folder that goes with the test, once the processes that
// finish a refresh beyond the life of their callers have let go of it.
func homeFor(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hermes-tui-home-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		await(t, func() bool { return !busy(dir) && os.RemoveAll(dir) == nil })
	})
	return dir
}

// busy reports whether a process is changing an account's tokens.
func busy(dir string) bool {
	locks, _ := filepath.Glob(filepath.Join(dir, "tui", "state", "acct", "*.lock"))
	for _, path := range locks {
		lock, free, err := lockfile.Try(path)
		if err == nil && !free {
			return true
		}
		if err == nil {
			_ = lock.Unlock()
		}
	}
	return false
}

func (b *bench) mkdir(name string) string {
	dir := filepath.Join(b.home, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.t.Fatal(err)
	}
	return dir
}

func (b *bench) state() string { return filepath.Join(b.home, "tui", "state") }

// result is what a command left behind.
type result struct {
	out, err string
	code     int
	took     time.Duration
}

func (r result) String() string { return fmt.Sprintf("exit code %d\n%s%s", r.code, r.out, r.err) }

// process is a command under way.
type process struct {
	*exec.Cmd
	out, err bytes.Buffer
	cancel   context.CancelFunc
	started  time.Time
}

func (b *bench) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env, cmd.Dir = b.env, b.home
	return cmd
}

// start starts a command.
func (b *bench) start(args ...string) *process {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	p := &process{Cmd: b.command(ctx, args...), cancel: cancel, started: time.Now()}
	p.Stdout, p.Stderr = &p.out, &p.err
	if err := p.Start(); err != nil {
		cancel()
		b.t.Fatal(err)
	}
	return p
}

// end waits for the command. A command that a signal killed has the code -1.
func (p *process) end(t testing.TB) result {
	t.Helper()
	defer p.cancel()
	err := p.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Error(err)
	}
	return result{p.out.String(), p.err.String(), p.ProcessState.ExitCode(), time.Since(p.started)}
}

// run runs a command to its end.
func (b *bench) run(args ...string) result {
	b.t.Helper()
	return b.start(args...).end(b.t)
}

// must runs a command that has to work and returns its standard output.
func (b *bench) must(args ...string) string {
	b.t.Helper()
	r := b.run(args...)
	if r.code != 0 || r.err != "" {
		b.t.Fatalf("hermes-tui %v: %s", args, r)
	}
	return r.out
}

// empty runs a command that lists nothing, and says so beside its output.
func (b *bench) empty(says string, args ...string) {
	b.t.Helper()
	if r := b.run(args...); r.code != 0 || r.out != "" || !strings.HasPrefix(r.err, "hermes-tui: "+says) {
		b.t.Errorf("hermes-tui %v: %s", args, r)
	}
}

// await waits for a portal event.
func (b *bench) await(kind sandbox.Kind, outcome sandbox.Outcome) {
	b.t.Helper()
	timeout := time.After(limit)
	for {
		select {
		case e := <-b.events:
			if e.Kind == kind && e.Outcome == outcome {
				return
			}
		case <-timeout:
			b.t.Fatalf("the portal saw no %s that was %s", kind, outcome)
		}
	}
}

// hold lets the portal keep the refreshes that come to it, unread, until they
// are let go.
func (b *bench) hold() (letGo func()) {
	gate := make(chan struct{})
	b.gate.Store(&gate)
	letGo = sync.OnceFunc(func() {
		b.gate.Store(nil)
		close(gate)
	})
	b.t.Cleanup(letGo)
	return letGo
}

// approve waits for the next code and approves it.
func (b *bench) approve() {
	b.t.Helper()
	b.await(sandbox.KindCode, sandbox.Issued)
	for _, c := range b.portal.Codes() {
		if c.State == sandbox.CodePending {
			if err := b.portal.Approve(c.UserCode); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

// signIn signs in and returns what the command printed.
func (b *bench) signIn(args ...string) string {
	b.t.Helper()
	p := b.start(append([]string{"login"}, args...)...)
	b.approve()
	r := p.end(b.t)
	if r.code != 0 {
		b.t.Fatalf("login: %s", r)
	}
	var accounts []map[string]any
	b.decode(b.must("list", "--json"), &accounts)
	b.id = accounts[len(accounts)-1]["id"].(string)
	return r.out
}

// signInExpired makes an account whose token has expired, at this machine and
// at the portal, while its grant lives.
func (b *bench) signInExpired(life time.Duration) {
	b.t.Helper()
	b.offset.Store(int64(time.Second - life))
	b.signIn()
	b.offset.Store(0)
	b.until(func() bool { return b.account()["state"] == "expired" })
}

// until asks again and again, until the deadline of the test.
func (b *bench) until(done func() bool) {
	b.t.Helper()
	await(b.t, done)
}

// await asks again and again, until the deadline of the test, and leaves the
// processor to others in between.
func await(t testing.TB, done func() bool) {
	t.Helper()
	timeout, again := time.After(limit), time.NewTicker(2*time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-timeout:
			t.Fatal("waited in vain")
		}
	}
}

// account is what `status --json` says of the account.
func (b *bench) account() map[string]any {
	b.t.Helper()
	var account map[string]any
	b.decode(b.must("status", b.id, "--json"), &account)
	return account
}

func (b *bench) decode(text string, v any) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		b.t.Fatalf("%v in %q", err, text)
	}
}

// requests is how many requests reached the portal.
func (b *bench) requests() int {
	s := b.portal.Stats()
	return s.Codes.Total + s.Polls.Total + s.Refreshes.Total
}
