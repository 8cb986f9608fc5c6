package e2e

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"
)

// insideVariable tells a test binary that it is in a network of its own.
const insideVariable = "HERMES_TUI_TEST_INSIDE"

// inside runs the rest of a test once more, in a process whose network has loopback and
// nothing else: no name resolves there, and what is sent elsewhere comes to nothing. It
// returns false where that has been done, and true in that process.
func inside(t *testing.T) bool {
	t.Helper()
	if os.Getenv(insideVariable) != "" {
		raiseLoopback(t)
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v", "-test.timeout", "10m")
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if id := os.Getuid(); id != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: id, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOSPC) {
		t.Skipf("this machine gives nobody a network of their own: %v", err)
	}
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
	return false
}

// raiseLoopback makes 127.0.0.1 reachable in a network that is new, and checks that
// nothing else is.
func raiseLoopback(t *testing.T) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatal(err)
	}
	if names, err := net.LookupHost("api.openai.com"); err == nil {
		t.Fatalf("a name resolves here: %v", names)
	}
	if routes, err := net.Interfaces(); err != nil || len(routes) != 1 {
		t.Fatalf("there is more than loopback: %v, %v", routes, err)
	}
}

// Codex and opencode complete a task, with a tool that they call, where nothing but
// loopback can be reached and no name resolves.
func TestLoopback_Coders(t *testing.T) {
	long(t)
	codex := need(t, requireOpenAI, "testdata/openai/node_modules/.bin/codex")
	opencode := need(t, requireOpenCode, "testdata/opencode/node_modules/.bin/opencode")
	if !inside(t) {
		return
	}
	b := openAIBench(t)
	t.Run("codex", func(t *testing.T) {
		out := b.exec(t, []string{"CODEX_HOME=" + t.TempDir()}, codex, codexArgs(`call exec_command with {"cmd":"echo said-by-a-tool"}`)...)
		if !strings.Contains(out, "The tool answered:") || !strings.Contains(out, "\nsaid-by-a-tool\n") {
			t.Error("the tool was not called, or what it said did not come back")
		}
	})
	for name, npm := range map[string]string{"opencode, chat": "@ai-sdk/openai-compatible", "opencode, responses": "@ai-sdk/openai"} {
		t.Run(name, func(t *testing.T) {
			config := openCodeConfig(t, npm)
			said := filepath.Join(t.TempDir(), "said")
			prompt := fmt.Sprintf(`call bash with {"command":"echo said-by-a-tool | tee %s","description":"say it"}`, said)
			// it puts an argument with spaces in quotes, and is given none
			out := b.exec(t, append(quietOpenCode(), "XDG_CONFIG_HOME="+config), opencode, append([]string{"run"}, strings.Fields(prompt)...)...)
			if text, err := os.ReadFile(said); err != nil || string(text) != "said-by-a-tool\n" || !strings.Contains(out, "The tool answered:") {
				t.Errorf("the tool was not called, or what it said did not come back: %q, %v", text, err)
			}
		})
	}
}

// Codex's own provider dials a web socket before anything else: one 426, and then it
// posts as other clients do.
func TestLoopback_CodexItsOwnProvider(t *testing.T) {
	long(t)
	codex := need(t, requireOpenAI, "testdata/openai/node_modules/.bin/codex")
	if !inside(t) {
		return
	}
	b := openAIBench(t)
	address, key := b.serve()
	front := newRecorder(t, strings.TrimSuffix(address, "/anthropic"), nil)
	args := append([]string{"-c", fmt.Sprintf("openai_base_url=%q", front.url+"/pool/xai/openai/v1")}, codexArgs("hello")...)
	out, err := b.command([]string{"CODEX_HOME=" + t.TempDir(), "CODEX_API_KEY=" + key}, codex, args...).CombinedOutput()
	dials, posts := front.seen()
	t.Logf("%v, %d dials, %d posts\n%s", err, dials, len(posts), out)
	if err != nil || !strings.Contains(string(out), "The sandbox read: hello") || dials > 1 || len(posts) == 0 {
		t.Error("it was not served, or dialled again")
	}
}

// exec runs a program beside a proxy of its own, and returns all that it says.
func (b *bench) exec(t *testing.T, env []string, program string, args ...string) string {
	t.Helper()
	cmd := b.command(env, binary, append([]string{"exec", "--", program}, args...)...)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	t.Logf("%v\n%s", err, out)
	return string(out)
}

// Signed in with ChatGPT, Codex compresses what it sends. That goes on as it is, signed
// with the account's token.
func TestLoopback_CodexCompresses(t *testing.T) {
	long(t)
	codex := need(t, requireOpenAI, "testdata/openai/node_modules/.bin/codex")
	if !inside(t) {
		return
	}
	var behind *recorder
	b := openAIBenchBehind(t, func(url string) string {
		behind = newRecorder(t, url, decompress)
		return behind.url
	})
	address, key := b.serve()
	front := newRecorder(t, strings.TrimSuffix(address, "/anthropic"), nil)
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "auth.json"), []byte(chatGPT(key)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-c", fmt.Sprintf("openai_base_url=%q", front.url+"/pool/xai/openai/v1")}, codexArgs("hello")...)
	out, err := b.command([]string{"CODEX_HOME=" + home}, codex, args...).CombinedOutput()
	_, sent := front.seen()
	_, came := behind.seen()
	t.Logf("%v, %d posts\n%s", err, len(sent), out)
	if err != nil || !strings.Contains(string(out), "The sandbox read: hello") || len(sent) == 0 || len(sent) != len(came) {
		t.Fatalf("it was not served: %d requests, of which %d came", len(sent), len(came))
	}
	for i := range sent {
		if sent[i].coding != "zstd" || came[i].coding != "zstd" || sent[i].body != came[i].body {
			t.Errorf("sent as %q, came as %q; %d bytes, then %d", sent[i].coding, came[i].coding, len(sent[i].body), len(came[i].body))
		}
		if came[i].shown == "" || came[i].shown == sent[i].shown {
			t.Error("it came with the program's own key")
		}
	}
}

// chatGPT is what Codex keeps of a person who is signed in with ChatGPT.
func chatGPT(token string) string {
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	id := part(`{"alg":"none"}`) + "." + part(`{"email":"a@example.com","exp":4102444800,"https://api.openai.com/auth":{"chatgpt_plan_type":"pro","chatgpt_account_id":"acct","chatgpt_user_id":"user"}}`) + "." + part("none")
	return fmt.Sprintf(`{"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"id_token":%q,"access_token":%q,"refresh_token":"none","account_id":"acct"},"last_refresh":"2999-01-01T00:00:00Z"}`, id, token)
}

// post is a request as it came.
type post struct{ coding, shown, body string }

// recorder passes requests on, and keeps what was sent to /responses.
type recorder struct {
	url string

	mu    sync.Mutex
	dials int
	posts []post
}

// newRecorder is one before an address. alter may change a request once it is kept.
func newRecorder(t *testing.T, address string, alter func(*http.Request, []byte) []byte) *recorder {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	rec, through := &recorder{}, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		rec.mu.Lock()
		switch {
		case r.Header.Get("Upgrade") != "":
			rec.dials++
		case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/responses"):
			rec.posts = append(rec.posts, post{r.Header.Get("Content-Encoding"), r.Header.Get("Authorization"), string(body)})
		}
		rec.mu.Unlock()
		if alter != nil {
			body = alter(r, body)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		through.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	rec.url = server.URL
	return rec
}

func (rec *recorder) seen() (dials int, posts []post) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.dials, slices.Clone(rec.posts)
}

// decompress does for the sandbox, which knows no zstd, what OpenAI does.
func decompress(r *http.Request, body []byte) []byte {
	if r.Header.Get("Content-Encoding") != "zstd" {
		return body
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		return body
	}
	defer decoder.Close()
	plain, err := decoder.DecodeAll(body, nil)
	if err != nil {
		return body
	}
	r.Header.Del("Content-Encoding")
	return plain
}
