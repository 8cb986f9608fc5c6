package e2e

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// binary is the program under test, built by the first test that needs it.
var (
	binary    string
	binaryDir string
	building  sync.Once
)

// TestMain lets the test binary be the bare proxy that serve is compared with.
func TestMain(m *testing.M) {
	if upstream := os.Getenv(bareProxyOf); upstream != "" {
		os.Exit(bareProxy(upstream))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if binaryDir, err = os.MkdirTemp("", "hermes-tui-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(binaryDir)
	return m.Run()
}

// bench is a machine of its own: a home, an environment without anything of
// the person's, a sandbox, and an account that is signed in to it.
type bench struct {
	t       *testing.T
	home    string
	env     []string
	url     string          // of the sandbox
	api     string          // of the models, where that is not the sandbox
	sandbox *sandbox.Server // nil where it is a process of its own
	id      string          // of the account

	mu      sync.Mutex
	refused []sandbox.Event // at the model endpoint
}

// newBench is a bench with a sandbox inside of the test.
func newBench(t *testing.T, o sandbox.Options) *bench {
	t.Helper()
	b := emptyBench(t)
	o.AutoApprove, o.Interval, o.OnEvent = time.Millisecond, 10*time.Millisecond, b.note
	b.sandbox = sandbox.New(o)
	if err := b.sandbox.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = b.sandbox.Close(ctx)
	})
	b.signIn(b.sandbox.URL())
	return b
}

// emptyBench has no sandbox and no account yet.
func emptyBench(t *testing.T) *bench {
	t.Helper()
	building.Do(func() { binary = buildtest.Program(t, "..", "./cmd/hermes-tui", binaryDir) })
	if binary == "" {
		t.Fatal("the program was not built")
	}
	b := &bench{t: t, home: homeFor(t)}
	b.env = []string{
		"HOME=" + b.home, "PATH=" + filepath.Dir(binary) + string(os.PathListSeparator) + os.Getenv("PATH"),
		"TMPDIR=" + t.TempDir(), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"HERMES_TUI_HOME=" + filepath.Join(b.home, "tui"), "HERMES_TUI_KEYSTORE=file",
	}
	return b
}

// homeFor makes a home folder that goes with the test, once the processes that
// finish a refresh beyond the life of their callers have let go of it.
func homeFor(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hermes-tui-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { (&bench{t: t}).until(func() bool { return os.RemoveAll(dir) == nil }) })
	return dir
}

// signIn signs in to a sandbox, which approves by itself.
func (b *bench) signIn(url string) {
	b.t.Helper()
	b.url = url
	b.env = append(b.env, "HERMES_TUI_MINIMAX_OAUTH_URL="+url, "HERMES_TUI_MINIMAX_INFERENCE_URL="+b.modelURL())
	b.run(nil, binary, "login", "--no-browser")
	var accounts []struct{ ID string }
	if err := json.Unmarshal([]byte(b.run(nil, binary, "list", "--json")), &accounts); err != nil || len(accounts) != 1 {
		b.t.Fatal(accounts, err)
	}
	b.id = accounts[0].ID
}

func (b *bench) modelURL() string { return cmp.Or(b.api, b.url) + "/anthropic" }

// limit bounds every program that a test runs.
const limit = 2 * time.Minute

// command is a program with the bench's environment and more of it.
func (b *bench) command(env []string, name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	b.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = append(append([]string{}, b.env...), env...), b.home
	return cmd
}

// run runs a program that has to work and returns its standard output.
func (b *bench) run(env []string, name string, args ...string) string {
	b.t.Helper()
	cmd := b.command(env, name, args...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, errs.String())
	}
	return string(out)
}

// until asks again and again, until the deadline of the test, and leaves the
// processor to others in between.
func (b *bench) until(done func() bool) {
	b.t.Helper()
	timeout, again := time.After(limit), time.NewTicker(2*time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-timeout:
			b.t.Fatal("waited in vain")
		}
	}
}

// daemon starts a program that prints its address, and returns the address. The
// program ends with the test.
func (b *bench) daemon(env []string, name string, args ...string) string {
	b.t.Helper()
	url, _ := b.process(env, name, args...)
	return url
}

// process is a daemon that is looked at from outside.
func (b *bench) process(env []string, name string, args ...string) (url string, pid int) {
	b.t.Helper()
	cmd := b.command(env, name, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, after, ok := strings.Cut(lines.Text(), "http://"); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			host, _, _ := strings.Cut(strings.Fields(after)[0], "/")
			return "http://" + host, cmd.Process.Pid
		}
	}
	b.t.Fatalf("%s %v ended without its address", name, args)
	return "", 0
}

// serve starts a proxy and returns its base URL and its key.
func (b *bench) serve() (url, key string) {
	b.t.Helper()
	url = b.daemon(nil, binary, "serve", "--listen", "127.0.0.1:0", "--log-level", "warn") + "/anthropic"
	return url, strings.TrimSpace(b.run(nil, binary, "serve", "--show-key"))
}

// note keeps what went wrong at the model endpoint. Paths that are none do not
// count: Claude Code opens its connection by asking for the base URL.
func (b *bench) note(e sandbox.Event) {
	fine := e.Outcome == sandbox.Received || e.Outcome == sandbox.Served || e.Status == http.StatusNotFound
	if e.Kind == sandbox.KindModel && !fine {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.refused = append(b.refused, e)
	}
}

func (b *bench) refusals() []sandbox.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.refused)
}

// wantCrossed checks that every request was served, and that tokens expired
// under way.
func (b *bench) wantCrossed() {
	b.t.Helper()
	models, grant := b.sandbox.Stats().Models, b.sandbox.Grants()[0]
	b.t.Logf("%d requests of the model endpoint: %v; %d refreshes", models.Total, models.Outcomes, grant.Rotations)
	if refused := b.refusals(); models.Outcomes[sandbox.Served] == 0 || len(refused) > 0 {
		b.t.Errorf("not every request was served: %+v", refused)
	}
	if grant.Rotations < 1 {
		b.t.Error("no token was refreshed")
	}
}

// need skips a test whose client is not installed, or fails it where the
// environment variable says that the client must be there.
func need(t *testing.T, variable, path string) string {
	t.Helper()
	found, err := exec.LookPath(path)
	if err == nil {
		found, err = filepath.Abs(found)
	}
	missing(t, variable, err)
	return found
}

// needFile is need for what is no program.
func needFile(t *testing.T, variable, path string) {
	t.Helper()
	_, err := os.Stat(path)
	missing(t, variable, err)
}

// script is a program for node, whose path only node opens otherwise, so that go
// test would not know of it.
func script(t *testing.T, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// missing skips the test where there is an error, or fails it where the
// variable says that nothing may be missing.
func missing(t *testing.T, variable string, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv(variable) != "":
		t.Fatalf("%s is set, but: %v", variable, err)
	default:
		t.Skipf("%v: `task e2e:clients` installs it and runs this test", err)
	}
}

// long skips a test that waits for tokens to expire.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes half a minute, and -short is set")
	}
}
