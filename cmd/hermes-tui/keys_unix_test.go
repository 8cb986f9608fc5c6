//go:build unix

package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// key makes a key and returns it.
func (b *bench) key(args ...string) string {
	b.t.Helper()
	r := b.run(append([]string{"key", "add"}, args...)...)
	key := strings.TrimSuffix(r.out, "\n")
	if r.code != 0 || !strings.Contains(r.err, "key revoke "+args[0]) || !regexp.MustCompile(`^htui_key_[0-9a-f]{64}$`).MatchString(key) {
		b.t.Fatalf("key add printed %d characters, %d", len(key), r.code)
	}
	return key
}

// TestKey: each key opens what it was made for, in a proxy that runs already, and
// nothing from the moment it is revoked or its time is over.
func TestKey(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "one")
	first := b.id
	b.signIn("--label", "two")
	s := b.serve()
	editor, bound := b.key("editor"), b.key("bound", "--account", "two", "--model", "MiniMax-*")
	other, tokens := b.key("other", "--model", "gpt-*"), b.key("tokens", "--allow", "tokens")
	brief := b.key("brief", "--expires", "1ms")
	for name, tc := range map[string]struct {
		key, path string
		want      int
	}{
		"unbound": {editor, "/anthropic", 200}, "bound": {bound, "/anthropic", 200}, "bound, its pool": {bound, "/pool/minimax/anthropic", 403},
		"bound, another account": {bound, "/account/" + first + "/anthropic", 403}, "another model": {other, "/anthropic", 403},
		"no right": {tokens, "/anthropic", 403}, "expired": {brief, "/anthropic", 401}, "wrong": {editor[:72] + "!", "/anthropic", 401},
	} {
		if got := b.do(b.message(s.url, tc.key, tc.path)); got.status != tc.want {
			t.Errorf("%s: %+v, want %d", name, got, tc.want)
		}
	}
	var listed []struct {
		Name     string
		Account  *string
		Expired  bool
		Requests uint64
	}
	if err := json.Unmarshal([]byte(b.must("key", "list", "--json")), &listed); err != nil || len(listed) != 6 {
		t.Errorf("%+v, %v", listed, err)
	}
	if text := b.must("key", "list"); !strings.Contains(text, "\ttwo") || !strings.Contains(text, "gpt-*") || strings.Contains(text, editor) {
		t.Errorf("%s", text)
	}
	for _, name := range []string{"editor", "default"} {
		b.must("key", "revoke", name)
	}
	for name, key := range map[string]string{"editor": editor, "default": s.key} {
		if got := b.ask(s.url, key); got.status != http.StatusUnauthorized || !strings.Contains(got.body, "revoked") {
			t.Errorf("%s is revoked: %+v", name, got)
		}
	}
	if got := b.ask(s.url, bound); got.status != 200 {
		t.Errorf("the others: %+v", got)
	}
	if r := b.run("serve", "--show-key"); r.code != 2 || r.out != "" || !strings.Contains(r.err, "revoked") {
		t.Errorf("the default key is made anew: %s", r)
	}
	if log := s.said.String(); !strings.Contains(log, "key=editor") || strings.Contains(log, editor) || strings.Contains(log, bound) {
		t.Errorf("the log says\n%s", log)
	}
	for args, says := range map[string]string{
		"add bound": "already", "add default": "all programs", "add x --expires soon": "30d", "add x --allow all": "proxy, tokens", "add x --account nobody": "no account",
		"add x --account one --pool minimax": "not to both", "revoke": "--all", "revoke nobody": "no key", "add": "needs NAME",
	} {
		if r := b.run(append([]string{"key"}, strings.Fields(args)...)...); r.code != 2 || r.out != "" || !strings.Contains(r.err, says) {
			t.Errorf("key %s: %s", args, r)
		}
	}
}

// TestKey_RevokedInTheMiddleOfAStream: the stream breaks off, and does not end as
// if it were whole.
func TestKey_RevokedInTheMiddleOfAStream(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	s := b.serve()
	key := b.key("editor")
	r := b.message(s.url, key, "/anthropic")
	r.Body = io.NopCloser(strings.NewReader(`{"model":"MiniMax-M2.7","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hello"}]}`))
	r.ContentLength = -1
	r.Header.Set("Sandbox-Events", "2000")
	r.Header.Set("Sandbox-Pace", "50ms")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	b.must("key", "revoke", "editor")
	if _, err := io.Copy(io.Discard, res.Body); err == nil {
		t.Error("the stream ended as if it were whole")
	}
}

// TestConnect_MakesAKey: each program gets a key of its own, bound to what it was
// connected to and shown nowhere; undoing it revokes the key.
func TestConnect_MakesAKey(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "one")
	first := b.id
	b.signIn("--label", "two")
	s := b.serve()
	inFile := regexp.MustCompile(`htui_key_[0-9a-f]{64}`)
	keys := map[string]bool{}
	for program, form := range map[string]string{"opencode": "", "openclaw": "", "hermes-agent": "proxy", "claude-code": "proxy"} {
		path := b.put(where[program], []byte("{}\n"), 0o644)
		args := []string{"connect", program, first, "--write", "--yes", "--proxy", s.url}
		if form != "" {
			args = append(args, "--form", form)
		}
		r := b.run(args...)
		key := string(inFile.Find(b.get(path)))
		if r.code != 0 || key == "" || keys[key] || strings.Contains(r.out+r.err, key) {
			t.Fatalf("%s: %q in the file, %s", program, key, r)
		}
		keys[key] = true
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: others can read the key: %v", program, info.Mode())
		}
		if got := b.do(b.message(s.url, key, "/account/"+first+"/anthropic")); got.status != 200 {
			t.Errorf("%s: %+v", program, got)
		}
		if got := b.do(b.message(s.url, key, "/account/"+b.id+"/anthropic")); got.status != 403 {
			t.Errorf("%s opens another account: %+v", program, got)
		}
		if again := b.run(args...); again.code != 0 || !strings.Contains(again.out, "already") || string(inFile.Find(b.get(path))) != key {
			t.Errorf("%s: a second time: %s", program, again)
		}
		args[2] = b.id
		if next := b.run(args...); next.code != 0 || !strings.Contains(b.must("key", "list"), program) {
			t.Errorf("%s: another account: %s", program, next)
		}
		if r := b.run("connect", program, "--undo", "--yes"); r.code != 0 || !strings.Contains(r.out, "is revoked") || string(b.get(path)) != "{}\n" {
			t.Errorf("%s: undone: %s", program, r)
		}
		if got := b.ask(s.url, key); got.status != 401 {
			t.Errorf("%s: after --undo: %+v", program, got)
		}
	}
	if list := b.must("key", "list"); strings.Count(list, "\n") != 1 {
		t.Errorf("left behind:\n%s", list)
	}
	if printed := b.run("connect", "opencode", first); inFile.MatchString(printed.out) || !strings.Contains(printed.out, "HERMES_TUI_LOCAL_KEY") || strings.Count(b.must("key", "list"), "\n") != 1 {
		t.Errorf("printing makes a key: %s", printed)
	}
}

// TestDoctor_NamesADeadKey: a program whose key was revoked is one line with its
// cure.
func TestDoctor_NamesADeadKey(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.run("connect", "opencode", b.id, "--write", "--yes")
	if r := b.run("doctor"); strings.Contains(r.out, "was revoked") {
		t.Errorf("%s", r)
	}
	b.must("key", "revoke", "opencode")
	if r := b.run("doctor"); r.code != 1 || !strings.Contains(r.out, "opencode: the key for the proxy") || !strings.Contains(r.out, "-> hermes-tui connect opencode --form proxy --write") {
		t.Errorf("%s", r)
	}
}

// TestExec_KeyIsOfTheRun: the key of exec opens its own proxy and its own account,
// is in no list, and names the command in no other place.
func TestExec_KeyIsOfTheRun(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "one")
	first := b.id
	b.signIn("--label", "two")
	s := b.serve()
	out := b.must("exec", first, "--", "sh", "-c", `echo "$ANTHROPIC_AUTH_TOKEN $HERMES_TUI_PROXY_URL"; sleep 0.2`)
	key, _, _ := strings.Cut(strings.TrimSpace(out), " ")
	if got := b.ask(s.url, key); got.status != 401 {
		t.Errorf("it opens another proxy: %+v", got)
	}
	if list := b.must("key", "list"); strings.Contains(list, "exec") {
		t.Errorf("%s", list)
	}
}

// TestBroker: a program that keeps no refresh token is given an access token by a
// proxy that was told to; with a key for tokens, and with no other.
func TestBroker(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	tokens, editor := b.key("hermes", "--allow", "tokens", "--account", "work"), b.key("editor")
	s := b.serve("--broker")
	ask := func(base, key, body string) (said, map[string]any) {
		r, err := http.NewRequest(http.MethodPost, base+"/broker/credentials", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		got := b.do(r)
		var c map[string]any
		_ = json.Unmarshal([]byte(got.body), &c)
		return got, c
	}
	const asked, forced = `{"provider":"minimax-oauth","credential_id":"minimax-1","subject":"me","force":false}`, `{"provider":"minimax-oauth","credential_id":"minimax-1","subject":"me","force":true}`
	_, first := ask(s.url, tokens, asked)
	_, again := ask(s.url, tokens, asked)
	_, newer := ask(s.url, tokens, forced)
	one, _ := first["access_token"].(string)
	two, _ := newer["access_token"].(string)
	if one == "" || again["access_token"] != one || two == "" || two == one || !b.portal.IsLive(two) || newer["expires_at"] == nil || newer["base_url"] == "" || newer["credential_id"] != b.id {
		t.Errorf("fetched %v, again the same: %t, forced %v", first, again["access_token"] == one, newer)
	}
	for name, key := range map[string]string{"editor": editor, "default": s.key} {
		if got, c := ask(s.url, key, asked); got.status != http.StatusForbidden || c["access_token"] != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got, c := ask(b.serve().url, tokens, asked); got.status == http.StatusOK || c["access_token"] != nil {
		t.Errorf("a proxy that was not told to: %+v", got)
	}
	if log := s.said.String(); strings.Contains(log, one) || strings.Contains(log, two) || !strings.Contains(log, "key=hermes") {
		t.Errorf("log: %s", log)
	}
}

// Of requests side by side, at two proxies of which one is killed meanwhile, no more
// are served than a key's limit allows, and another key is not held up by it.
func TestKey_Limit(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("minimax", "--label", "work")
	for _, args := range []string{"key add x --limit 5", "key add x --limit 5-requests/hour --limit 6-requests/hour", "key add x --limit 5-requests/hour --allow tokens"} {
		if r := b.run(strings.Fields(args)...); r.code != 2 {
			t.Errorf("%s: %d %s", args, r.code, r.err)
		}
	}
	key := b.key("ci", "--limit", "10-requests/hour", "--limit", "1M-tokens/day")
	free := b.key("free")
	one, two := b.serve(), b.serve()
	ask := func(url, key string) int {
		req, err := http.NewRequest(http.MethodPost, url+"/anthropic/v1/messages", strings.NewReader(`{"model":"MiniMax-M2","max_tokens":50,"messages":[{"role":"user","content":"hello"}]}`))
		if err != nil {
			t.Error(err)
			return 0
		}
		req.Header.Set("X-Api-Key", key)
		req.Header.Set("Anthropic-Version", "2023-06-01")
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0 // the proxy was killed
		}
		defer func() { _ = res.Body.Close() }()
		_, _ = io.Copy(io.Discard, res.Body)
		return res.StatusCode
	}
	var served, refused atomic.Int64
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			if i == 8 {
				_ = one.cmd.Process.Kill()
			}
			switch ask([]string{one.url, two.url}[i%2], key) {
			case http.StatusOK:
				served.Add(1)
			case http.StatusTooManyRequests:
				refused.Add(1)
			}
		})
	}
	all.Wait()
	for range 10 { // what the killed one has left room for
		if ask(two.url, key) == http.StatusOK {
			served.Add(1)
		}
	}
	if ask(two.url, key) != http.StatusTooManyRequests || served.Load() > 10 || served.Load() == 0 {
		t.Errorf("%d were served, %d refused", served.Load(), refused.Load())
	}
	if got := ask(two.url, free); got != http.StatusOK {
		t.Errorf("another key: %d", got)
	}
	if out := b.must("key", "list"); !strings.Contains(out, "10 of 10-requests/hour, resets in ") || !strings.Contains(out, " of 1M-tokens/day") {
		t.Errorf("list: %s", out)
	}
	var listed []struct {
		Name   string
		Limits []struct {
			Limit string
			Used  *uint64
		}
	}
	b.decode(b.must("key", "list", "--json"), &listed)
	if len(listed) != 3 || len(listed[1].Limits) != 2 || *listed[1].Limits[0].Used != 10 || len(listed[2].Limits) != 0 {
		t.Errorf("%+v", listed)
	}
}
