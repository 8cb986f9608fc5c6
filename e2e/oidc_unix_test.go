//go:build unix

package e2e

import (
	"bufio"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// oidc is node-oidc-provider, an authorization server that was not written here
// and is strict: it names no interval, rotates refresh tokens, and revokes the
// whole family when an old one is used again.
type oidc struct {
	url string

	mu      sync.Mutex
	answers []tokenAnswer
	settled int
}

// tokenAnswer is what its token endpoint answered.
type tokenAnswer struct {
	Grant, Error string
	Status       int
}

func newOIDC(b *bench, env ...string) *oidc {
	b.t.Helper()
	node := need(b.t, requireNPM, "node")
	needFile(b.t, requireNPM, "testdata/oidc/node_modules/oidc-provider/package.json")
	cmd := b.command(env, node, script(b.t, "testdata/oidc/server.mjs"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	o, lines := &oidc{}, bufio.NewScanner(out)
	for o.url == "" && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "http://127.0.0.1:") {
			o.url = lines.Text()
		}
	}
	if o.url == "" {
		b.t.Fatal("the server did not say where it is")
	}
	go func() {
		for lines.Scan() {
			var a tokenAnswer
			if json.Unmarshal(lines.Bytes(), &a) == nil {
				o.mu.Lock()
				o.answers = append(o.answers, a)
				o.mu.Unlock()
			}
		}
	}()
	return o
}

// settle waits until it has told of all that it has answered so far: it tells in its own
// time, in the order in which it answers, and this is an answer more.
func (o *oidc) settle(b *bench) {
	b.t.Helper()
	o.settled++
	res, err := http.PostForm(o.url+"/token", url.Values{"client_id": {"none"}, "grant_type": {"refresh_token"}})
	if err != nil {
		b.t.Fatal(err)
	}
	_ = res.Body.Close()
	b.until(func() bool { return o.count(isError("invalid_client")) == o.settled })
}

// count is how many of its answers were these.
func (o *oidc) count(match func(tokenAnswer) bool) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, a := range o.answers {
		if match(a) {
			n++
		}
	}
	return n
}

func isError(code string) func(tokenAnswer) bool {
	return func(a tokenAnswer) bool { return a.Error == code }
}

func refreshed(a tokenAnswer) bool { return a.Grant == "refresh_token" && a.Status == http.StatusOK }

var (
	formPattern  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	fieldPattern = regexp.MustCompile(`<input[^>]*name="([^"]*)"[^>]*>`)
	valuePattern = regexp.MustCompile(`value="([^"]*)"`)
)

// approve walks through the server's pages as a person with a browser would:
// every form is sent with what stands in it, the login with a name.
func (o *oidc) approve(t *testing.T, page, user string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(page)
	for range 10 {
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		form := formPattern.FindSubmatch(body)
		if form == nil {
			if res.StatusCode != http.StatusOK {
				t.Fatalf("%s answered %d: %s", res.Request.URL, res.StatusCode, body)
			}
			return
		}
		fields := url.Values{}
		for _, input := range fieldPattern.FindAllSubmatch(form[2], -1) {
			value := valuePattern.FindSubmatch(input[0])
			if value != nil {
				fields.Set(string(input[1]), html.UnescapeString(string(value[1])))
			}
		}
		if fields.Get("prompt") == "login" {
			fields.Set("login", user)
			fields.Set("password", "any")
		}
		to, parseErr := res.Request.URL.Parse(html.UnescapeString(string(form[1])))
		if parseErr != nil {
			t.Fatal(parseErr)
		}
		res, err = browser.PostForm(to.String(), fields)
	}
	t.Fatal("the pages come to no end")
}

// TestOIDC signs in by RFC 8628 at a server that nobody here wrote: discovery,
// device code, slow_down, approval in a browser, refresh with rotation, and the
// quarantine after somebody else has used the refresh token.
func TestOIDC(t *testing.T) {
	long(t)
	b := emptyBench(t)
	o := newOIDC(b, "SLOW_DOWNS=1")
	b.configure("[providers.strict]\nissuer = \"" + o.url + "\"\nclient_id = \"hermes-tui\"\nbase_url = \"" + o.url + "/v1\"\n" +
		"scopes = [\"openid\", \"email\", \"offline_access\"]\npkce = true\n")

	login := b.command(nil, binary, "login", "strict", "--json")
	out, err := login.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	login.Stderr = os.Stderr
	if err := login.Start(); err != nil {
		t.Fatal(err)
	}
	var code, last map[string]any
	var reasons []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		last = nil
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatal(err)
		}
		switch last["event"] {
		case "code":
			code = last
			o.approve(t, code["verification_uri"].(string), "alice")
		case "poll":
			reasons = append(reasons, last["reason"].(string))
		}
	}
	if err := login.Wait(); err != nil || last["event"] != "signed_in" {
		t.Fatalf("%v, the last event is %v", err, last)
	}
	if code["interval_ms"] != 5000.0 {
		t.Errorf("without an interval it is polled every %v ms", code["interval_ms"])
	}
	o.settle(b)
	if len(reasons) != 1 || reasons[0] != "strict asked to slow down" || o.count(isError("slow_down")) != 1 {
		t.Errorf("waited because of %q", reasons)
	}
	account := last["account"].(map[string]any)
	if account["label"] != "alice@x.example" {
		t.Errorf("the account is %v", account)
	}

	first := b.run(nil, binary, "token", "strict")
	stolen := b.copyHome()
	b.run(nil, binary, "refresh", "strict", "--force")
	second := b.run(nil, binary, "token", "strict")
	o.settle(b)
	if first == second || o.count(refreshed) != 1 {
		t.Errorf("%d rotations", o.count(refreshed))
	}

	// A copy of the folder has the refresh token that was used: the server
	// revokes the family, whoever comes first.
	if text, code := b.fails([]string{"HERMES_TUI_HOME=" + stolen}, "refresh", "strict", "--force"); code != 3 || !strings.Contains(text, "invalid_grant") && !strings.Contains(text, "sign in again") {
		t.Errorf("the copy: exit code %d, %s", code, text)
	}
	if text, code := b.fails(nil, "refresh", "strict", "--force"); code != 3 {
		t.Errorf("after a reuse elsewhere: exit code %d, %s", code, text)
	}
	o.settle(b)
	refused := o.count(isError("invalid_grant"))
	if text, code := b.fails(nil, "token", "strict"); code != 3 || !strings.Contains(text, "login --account") {
		t.Errorf("a quarantined account: exit code %d, %s", code, text)
	}
	o.settle(b)
	if refused != 2 || o.count(isError("invalid_grant")) != refused {
		t.Errorf("a dead token was sent again: %d, then %d refusals", refused, o.count(isError("invalid_grant")))
	}
}

// configure writes the configuration file.
func (b *bench) configure(text string) {
	b.t.Helper()
	dir := filepath.Join(b.home, "tui", "config")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// copyHome copies the program's folders as they are now.
func (b *bench) copyHome() string {
	b.t.Helper()
	to := filepath.Join(b.t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(filepath.Join(b.home, "tui"))); err != nil {
		b.t.Fatal(err)
	}
	for _, dir := range []string{to, filepath.Join(to, "state"), filepath.Join(to, "data"), filepath.Join(to, "state", "acct")} {
		if err := os.Chmod(dir, 0o700); err != nil {
			b.t.Fatal(err)
		}
	}
	_ = os.Chmod(filepath.Join(to, "data", "key"), 0o600)
	return to
}

// fails runs a command of ours that has to fail, and returns what it says and
// its exit code.
func (b *bench) fails(env []string, args ...string) (text string, code int) {
	b.t.Helper()
	cmd := b.command(env, binary, args...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		b.t.Errorf("%v worked: %s", args, out)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
