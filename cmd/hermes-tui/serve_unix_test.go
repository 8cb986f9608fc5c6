//go:build unix

package main_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_Key: made at first use, the same for everybody, and dead from the
// next request on when it is replaced.
func TestServe_Key(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	before := b.must("serve", "--show-key")
	if !strings.HasPrefix(before, "htui_") || strings.Count(before, "\n") != 1 {
		t.Errorf("--show-key printed %q, want a key and a newline", before)
	}
	s := b.serve()
	if s.key+"\n" != before {
		t.Error("a second look shows another key")
	}
	if got := b.asked(s); got.status != http.StatusOK {
		t.Errorf("%+v", got)
	}
	after := strings.TrimSpace(b.must("serve", "--rotate-key"))
	if got := b.asked(s); got.status != http.StatusUnauthorized || after == s.key {
		t.Errorf("the old key: %+v", got)
	}
	if got := b.ask(s.url, after); got.status != http.StatusOK {
		t.Errorf("the new key: %+v", got)
	}
	for name, list := range map[string]string{"list": b.must("list", "--json"), "pool": b.must("pool", "show", "--json")} {
		if strings.Contains(list, "proxy") {
			t.Errorf("%s shows the proxy's key as an account: %s", name, list)
		}
	}
}

// TestServe_WhereItListens: other machines are let in only where that was asked
// for, and only over TLS.
func TestServe_WhereItListens(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for says, args := range map[string]string{
		"other machines": "--listen 0.0.0.0:0",
		"add --tls-cert": "--listen 0.0.0.0:0 --allow-remote",
		"certificate":    "--listen 0.0.0.0:0 --allow-remote --tls-cert gone.pem --tls-key gone.pem",
		"not an address": "--listen 127.0.0.1",
		"another proxy":  "--listen " + busy.Addr().String(),
		"nobody":         "nobody",
		"not a socket":   "--listen 127.0.0.1:0 --socket " + filepath.Join(b.home, "tui", "state", "pool.json"),
	} {
		if r := b.run(append([]string{"serve"}, strings.Fields(args)...)...); r.code != 2 || r.out != "" || !strings.Contains(r.err, says) {
			t.Errorf("%s: %s", args, r)
		}
	}
}

func TestServe_Socket(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	path := filepath.Join(b.home, "s")
	s := b.serve("--socket", path)
	if s.socket != path {
		t.Errorf("it names the socket %q, want %q", s.socket, path)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Errorf("the socket: %v, %v", info, err)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	defer client.CloseIdleConnections()
	for key, want := range map[string]int{s.key: 200, "wrong": 401} {
		res, err := client.Do(b.message("http://localhost", key, "/anthropic"))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("over the socket: %s, want %d", res.Status, want)
		}
	}
	client.CloseIdleConnections()
	if code := s.end(); code != 143 {
		t.Errorf("exit code %d: %s", code, s.said.String())
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket stays behind: %v", err)
	}
}

// TestServe_Drains: at SIGTERM no request is taken any more, the one under way
// is served to its end, and the exit code says why it ended.
func TestServe_Drains(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	s := b.serve()
	stream := func(base, key string) *http.Response {
		r := b.message(base, key, "/anthropic")
		r.Body = io.NopCloser(strings.NewReader(`{"model":"MiniMax-M2.7","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hello"}]}`))
		r.ContentLength = -1
		r.Header.Set("Sandbox-Events", "100")
		r.Header.Set("Sandbox-Pace", "20ms")
		res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	direct := stream(b.portal.URL(), strings.TrimSpace(b.must("token")))
	want, err := io.ReadAll(direct.Body)
	direct.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	res := stream(s.url, s.key)
	defer res.Body.Close()
	ended := make(chan int)
	go func() { ended <- s.end() }()
	b.until(func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	if got, err := io.ReadAll(res.Body); err != nil || string(got) != string(want) {
		t.Errorf("%d of %d bytes, %v", len(got), len(want), err)
	}
	if code := <-ended; code != 143 {
		t.Errorf("exit code %d, want 143: %s", code, s.said.String())
	}
}

// TestServe_NobodyCanServe: clients are told when to come again, or what a
// person has to do.
func TestServe_NobodyCanServe(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{RetryAfter: 40 * time.Second})
	b.signIn("--label", "first")
	b.signIn("--label", "second")
	s := b.serve()
	b.portal.SetFaults(sandbox.Fault{Name: "429", On: "model"})
	coolsDown := func(got said) bool {
		wait, _ := strconv.Atoi(got.header.Get("Retry-After"))
		return got.status == 429 && wait >= 1 && wait <= 40 && strings.Contains(got.body, `"rate_limit_error"`)
	}
	// The provider's own answer goes through as it came, where it was asked.
	if got := b.asked(s); !coolsDown(got) || !strings.Contains(got.body, "(1002)") || got.header.Get("Request-Id") == "" {
		t.Errorf("when the last one is refused: %+v", got)
	}
	b.portal.SetFaults()
	first := b.portal.Stats().Models.Total
	// Nothing is sent while all cool down, and that is told in words of ours.
	if got := b.asked(s); !coolsDown(got) || !strings.Contains(got.body, "before ") || strings.Contains(got.body, "(1002)") {
		t.Errorf("while all cool down: %+v", got)
	}
	if n := b.portal.Stats().Models.Total; n != first || first != 2 {
		t.Errorf("the provider was asked %d times, and %d when all cooled down", first, n)
	}
	if r := b.run("exec", "--", "echo", "started"); r.code != 6 || r.out != "" {
		t.Errorf("exec: %s", r)
	}
	if r := b.run("token"); r.code != 6 {
		t.Errorf("token: %s", r)
	}
	b.must("pool", "reset")
	if got := b.asked(s); got.status != 200 {
		t.Errorf("after a reset: %+v", got)
	}

	b.portal.RevokeAll()
	for range 2 {
		if got := b.asked(s); got.status != 403 || !strings.Contains(got.body, "`hermes-tui login") || got.header.Get("X-Should-Retry") != "false" || got.header.Get("Retry-After") != "" {
			t.Errorf("when all need to sign in: %+v", got)
		}
	}
	if n := b.portal.Stats().Refreshes.Total; n != 2 {
		t.Errorf("%d refreshes, want one of each account", n)
	}
}

// TestServe_BeforeTheFirstSignIn: a proxy that was started too early is none that
// has to be started again.
func TestServe_BeforeTheFirstSignIn(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	s := b.serve()
	if got := b.asked(s); got.status != 403 || !strings.Contains(got.body, "hermes-tui login") {
		t.Errorf("without an account: %+v", got)
	}
	b.signIn()
	if got := b.asked(s); got.status != 200 {
		t.Errorf("after the sign-in: %+v", got)
	}
	b.must("remove", b.id, "--yes")
	if got := b.asked(s); got.status != 403 {
		t.Errorf("after the account was removed: %+v", got)
	}
}

// TestServe_OneAccount: a path that names an account stays with it.
func TestServe_OneAccount(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{RetryAfter: time.Minute})
	b.signIn("--label", "first")
	first := b.id
	b.signIn("--label", "second")
	s := b.serve()
	b.portal.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1})
	for id, want := range map[string]int{first: 429, "0123456789": 404, "first": 404} {
		if got := b.do(b.message(s.url, s.key, "/account/"+id+"/anthropic")); got.status != want {
			t.Errorf("%s: %+v", id, got)
		}
	}
	if got := b.do(b.message(s.url, s.key, "/account/"+b.id+"/anthropic")); got.status != 200 {
		t.Errorf("the other one: %+v", got)
	}
}

// TestServe_GoesNowhereElse: an address that is edited after the sign-in, in
// whatever place, gets neither a token nor a request.
func TestServe_GoesNowhereElse(t *testing.T) {
	t.Parallel()
	thief, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	came := make(chan net.Addr, 100)
	go func() {
		for {
			conn, err := thief.Accept()
			if err != nil {
				return
			}
			came <- conn.RemoteAddr()
			conn.Close()
		}
	}()
	elsewhere := "http://" + thief.Addr().String()
	for name, tc := range map[string]struct {
		edit   func(b *bench)
		served bool // what was edited is no more than a copy
	}{
		"pool file and heads": {func(b *bench) {
			for _, file := range []string{"state/pool.json", "state/acct/" + b.id + ".head"} {
				change(file, func(s string) string {
					if strings.Contains(s, b.portal.URL()) {
						t.Errorf("%s holds an address, which is not sealed there", file)
					}
					return otherAddress(t, s, elsewhere+"/anthropic")
				})(b)
			}
		}, true},
		"environment": {func(b *bench) {
			b.env = append(b.env, "HERMES_TUI_MINIMAX_INFERENCE_URL="+elsewhere+"/anthropic", "HERMES_TUI_MINIMAX_OAUTH_URL="+elsewhere)
		}, false},
		"environment, where the models are": {func(b *bench) {
			b.env = append(b.env, "HERMES_TUI_MINIMAX_INFERENCE_URL="+elsewhere+"/anthropic")
		}, false},
		"configuration": {func(b *bench) {
			b.env = append(b.env, "HERMES_TUI_MINIMAX_INFERENCE_URL=", "HERMES_TUI_MINIMAX_OAUTH_URL=")
			b.configure("[endpoints.\"minimax\"]\noauth_url = \"" + elsewhere + "\"\ninference_url = \"" + elsewhere + "/anthropic\"\n")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, sandbox.Options{})
			b.signIn()
			running := b.serve() // started before the edit
			if got := b.asked(running); got.status != 200 {
				t.Fatalf("%+v", got)
			}
			tc.edit(b)
			if got := b.asked(running); got.status != 200 {
				t.Errorf("a proxy that ran already: %+v", got)
			}
			got := b.asked(b.serve())
			if tc.served != (got.status == 200) || !tc.served && got.status != 403 {
				t.Errorf("a new proxy: %+v", got)
			}
			if r := b.run("token"); r.code != map[bool]int{true: 0, false: 2}[tc.served] {
				t.Errorf("token: exit code %d, %s", r.code, r.err)
			}
			b.run("refresh", "--force")
			if r := b.run("exec", "--", "sh", "-c", `curl -s -o /dev/null -w "%{http_code}" -X POST -H "x-api-key: $ANTHROPIC_AUTH_TOKEN" "$ANTHROPIC_BASE_URL/v1/messages" -d "{}"`); !tc.served && r.out == "200" {
				t.Errorf("exec: %s", r)
			}
			select {
			case from := <-came:
				t.Errorf("%s came", from)
			default:
			}
		})
	}
}
