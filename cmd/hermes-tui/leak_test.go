package main_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// wire passes requests on to the portal and keeps every secret that it sees.
type wire struct {
	url     string // where it stands
	mu      sync.Mutex
	secrets map[string]bool
	spelled needles // of the secrets that are true
}

// jsonSecret and formSecret find what must never reach a file.
var (
	jsonSecret = regexp.MustCompile(`"(?:access_token|refresh_token|token)"\s*:\s*"([^"]+)"`)
	formSecret = regexp.MustCompile(`(?:refresh_token|code_verifier)=([^&]+)`)
)

func (w *wire) note(found [][]byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(found) > 1 && !w.secrets[string(found[1])] {
		w.secrets[string(found[1])] = false
	}
}

// count is how many secrets were seen so far.
func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.secrets)
}

// seen returns the secrets that were seen so far, sorted.
func (w *wire) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.secrets))
}

// saw reports whether a secret was seen.
func (w *wire) saw(secret string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.secrets[secret]
	return ok
}

func (w *wire) around(portal http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		for _, found := range formSecret.FindAllSubmatch(body, -1) {
			w.note(found)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		portal.ServeHTTP(answer, r)
		for _, found := range jsonSecret.FindAllSubmatch(answer.Body.Bytes(), -1) {
			w.note(found)
		}
		for name, values := range answer.Header() {
			out.Header()[name] = values
		}
		out.WriteHeader(answer.Code)
		_, _ = out.Write(answer.Body.Bytes())
	})
}

// tap puts a wire between the bench and its portal.
func (b *bench) tap() *wire {
	b.t.Helper()
	w := &wire{secrets: map[string]bool{}}
	server := httptest.NewServer(w.around(b.portal.Handler()))
	b.t.Cleanup(server.Close)
	w.url = server.URL
	b.env = append(b.env, "HERMES_TUI_MINIMAX_OAUTH_URL="+server.URL, "HERMES_TUI_MINIMAX_INFERENCE_URL="+server.URL+"/anthropic")
	return w
}

// piece is how long a part of a secret is that may stand nowhere.
const piece = 12

// needles are the ways in which parts of secrets might be written, by length.
type needles map[int]map[string]bool

func (n needles) add(text string) {
	if n[len(text)] == nil {
		n[len(text)] = map[string]bool{}
	}
	n[len(text)][text] = true
}

// spell adds every part of a secret, as it is, in hex and in base64.
func (n needles) spell(secret string) {
	for at := 0; at+piece <= len(secret); at++ {
		part := secret[at : at+piece]
		n.add(part)
		n.add(hex.EncodeToString([]byte(part)))
		n.add(strings.ToUpper(hex.EncodeToString([]byte(part))))
	}
	// In the midst of a longer text the base64 of a secret depends on how many
	// bytes stand before it, modulo three; the first and last characters also
	// on its neighbours.
	for offset := range 3 {
		shifted := append(make([]byte, offset), secret...)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(shifted)
			text = text[4 : len(text)-4]
			for at := 0; at+16 <= len(text); at += 4 {
				n.add(text[at : at+16])
			}
		}
	}
}

// in reports whether one of the needles stands in the data.
func (n needles) in(data []byte) bool {
	for length, texts := range n {
		for at := 0; at+length <= len(data); at++ {
			if texts[string(data[at:at+length])] {
				return true
			}
		}
	}
	return false
}

// needles are all spellings of the secrets seen so far.
func (w *wire) needles() needles {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.spelled == nil {
		w.spelled = needles{}
	}
	for secret, done := range w.secrets {
		if !done {
			w.spelled.spell(secret)
			w.secrets[secret] = true
		}
	}
	return w.spelled
}

// leaks searches every file under a folder for the secrets.
func (w *wire) leaks(t testing.TB, dir string) (found []string) {
	t.Helper()
	files, secrets := 0, w.needles()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a process that was left alone deletes what it has replaced
		}
		if err != nil {
			return err
		}
		files++
		if secrets.in(data) {
			found = append(found, path)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files searched, %v", files, err)
	}
	return found
}

// TestNoSecretInAnyFile walks an account through its life, failures included,
// and searches for what went over the wire.
func TestNoSecretInAnyFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	w := b.tap()
	check := func(when string) {
		t.Helper()
		if found := w.leaks(t, b.home); len(found) > 0 {
			t.Errorf("%s: a secret stands in %v", when, found)
		}
	}
	logs := b.mkdir("logs")
	run := func(name string, args ...string) result {
		t.Helper()
		r := b.run(append(args, "--log-level", "debug")...)
		if err := os.WriteFile(filepath.Join(logs, name), []byte(r.err), 0o600); err != nil {
			t.Fatal(err)
		}
		return r
	}
	b.signIn("--json", "--log-level", "debug")
	check("after the sign-in")
	token := strings.TrimSpace(b.must("token"))
	if !w.saw(token) {
		t.Fatal("the wire did not see the token, so the search proves nothing")
	}
	if r := run("refresh", "refresh", "--force"); r.code != 0 {
		t.Fatal(r)
	}
	check("after a refresh")
	for _, fault := range []string{"503", "429", "html", "cut", "reset"} {
		f, err := sandbox.ParseFault(fault + "@refresh:1")
		if err != nil {
			t.Fatal(err)
		}
		b.portal.SetFaults(f)
		run(fault, "refresh", "--force")
		check("after " + fault)
	}
	b.portal.SetFaults()
	b.portal.RevokeAll()
	if r := run("revoked", "refresh", "--force"); r.code != 3 {
		t.Fatal(r)
	}
	check("after the grant was revoked")
	b.signIn("--account", "minimax")
	run("again", "refresh", "--force")
	check("after the second sign-in")
	if w.count() < 8 {
		t.Errorf("only %d secrets went over the wire", w.count())
	}
}

// TestSearchFindsSecrets holds that the search itself works.
func TestSearchFindsSecrets(t *testing.T) {
	t.Parallel()
	secret := "mmx-at-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH"
	w := &wire{secrets: map[string]bool{secret: false}}
	for name, text := range map[string]string{
		"plain":   "token=" + secret,
		"piece":   "…" + secret[9:9+piece] + "…",
		"hex":     hex.EncodeToString([]byte("x" + secret)),
		"base64":  base64.StdEncoding.EncodeToString([]byte(secret)),
		"shifted": base64.StdEncoding.EncodeToString([]byte("a:" + secret + "!")),
		"url":     base64.URLEncoding.EncodeToString([]byte("{" + secret)),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "file"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(w.leaks(t, dir)) != 1 {
			t.Errorf("the search did not find it written as %s", name)
		}
	}
}
