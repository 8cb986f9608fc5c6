//go:build unix

package main_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/leaktest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// parrot stands before the portal. Where it is told to, it answers in the
// portal's place and repeats a text; it keeps every token that goes by.
type parrot struct {
	wire
	portal http.Handler

	mu    sync.Mutex
	at    string // "code", "poll", "refresh", "model"; empty: nowhere
	shape answer
	said  int // how often it answered
}

// answer is how a text stands in what a server says: %s is the text as a JSON
// string, the status 200 one of a model.
type answer struct {
	status int
	body   string
	gzip   bool
	text   string
}

func (p *parrot) say(at string, a answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.shape = at, a
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	place := "model"
	switch {
	case strings.HasSuffix(r.URL.Path, "/code"):
		place = "code"
	case bytes.Contains(body, []byte("grant_type=refresh_token")):
		place = "refresh"
	case strings.HasSuffix(r.URL.Path, "/token"):
		place = "poll"
	}
	p.mu.Lock()
	a, mine := p.shape, p.at == place
	if mine {
		p.said++
	}
	p.mu.Unlock()
	if !mine {
		r.Body = io.NopCloser(bytes.NewReader(body))
		p.around(p.portal).ServeHTTP(w, r)
		return
	}
	a.write(w)
}

// write says the text in the body and in every other place that an answer has.
func (a answer) write(w http.ResponseWriter) {
	line := strings.Map(func(r rune) rune { // a header has one line
		if r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, a.text)
	quoted, _ := json.Marshal(a.text)
	body := []byte(strings.ReplaceAll(strings.ReplaceAll(a.body, "%s", string(quoted)), "%t", a.text))
	h := w.Header()
	h.Set("Link", `</x>; rel="`+line+`"`)
	w.WriteHeader(http.StatusEarlyHints)
	h.Set("Trailer", "X-Checked")
	h.Set("X-Said", line)
	h.Set("Www-Authenticate", `Bearer error="`+line+`"`)
	h.Set("Content-Type", "application/json")
	if a.gzip {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(body)
		_ = z.Close()
		body = packed.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
	h.Set("X-Checked", line)
	h.Set(http.TrailerPrefix+"X-Late", line)
}

// errorShapes are the ways in which providers put a sentence into an error.
var errorShapes = []answer{
	{status: 400, body: `{"error":"server_error","error_description":%s}`},
	{status: 400, body: `{"error":{"type":"x_error","code":"odd","message":%s},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}`},
	{status: 403, body: `{"base_resp":{"status_code":1000,"status_msg":%s}}`},
	{status: 400, body: `{"error":%s}`},
	{status: 400, body: `no: %t`},
	{status: 503, body: `{"message":%s,"code":%s}`, gzip: true},
}

// TestNoTokenOfAServersWords: whatever a server says, and wherever, no token of
// an account, older ones and those of strangers among them, comes onto the
// terminal, into a log or into a file, in whichever spelling; and what a program
// gets through the proxy has none of the account's.
func TestNoTokenOfAServersWords(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	p := &parrot{wire: wire{secrets: map[string]bool{}}, portal: b.portal.Handler()}
	upstream := httptest.NewServer(p)
	t.Cleanup(upstream.Close)
	b.env = append(b.env, "HERMES_TUI_MINIMAX_OAUTH_URL="+upstream.URL, "HERMES_TUI_MINIMAX_INFERENCE_URL="+upstream.URL+"/anthropic")
	b.signIn("--label", "work")
	old := p.seen()
	b.must("refresh", "--force")
	ours := slices.DeleteFunc(p.seen(), func(s string) bool { return slices.Contains(old, s) })
	if len(old) < 2 || len(ours) != 2 {
		t.Fatalf("%d and %d tokens went over the wire", len(old), len(ours))
	}
	s := b.serve("--log-level", "debug")
	b.asked(s) // from now on the proxy has used the account

	encodings := leaktest.Encodings()
	names := slices.Sorted(maps.Keys(encodings))
	foreign := leaktest.Tokens(28)
	var written []string // what must be nowhere
	var terminal strings.Builder
	turn := 0
	next := func(tokens []string) string {
		turn++
		text := encodings[names[turn%len(names)]](tokens[turn%len(tokens)])
		written = append(written, text)
		return text
	}
	everyone := slices.Concat(ours, old, foreign)
	run := func(args ...string) {
		t.Helper()
		p.mu.Lock()
		before := p.said
		p.mu.Unlock()
		r := b.run(append(args, "--log-level", "debug")...)
		p.mu.Lock()
		defer p.mu.Unlock()
		if r.code == 0 || p.said == before {
			t.Fatalf("%v was not answered by the parrot: %s", args, r)
		}
		terminal.WriteString(r.out + r.err)
	}
	for range 2 {
		for _, a := range errorShapes {
			a.text = next(everyone)
			p.say("refresh", a)
			run("refresh", "--force")
		}
	}
	for _, a := range errorShapes[:4] {
		a.text = next(everyone)
		p.say("code", a)
		run("login", "--no-browser")
		a.text = next(everyone)
		p.say("poll", a)
		if a.status == 400 {
			run("login", "--no-browser")
		}
	}
	p.say("", answer{})

	// Through the proxy: refusals in any spelling, answers, which stream, in the
	// usual ones.
	names = slices.DeleteFunc(names, func(name string) bool { return name == "escapes" }) // no header can hold them
	for range 2 * len(names) {
		for _, tokens := range [][]string{ours, foreign} {
			a := errorShapes[turn%5] // a 503 would rest
			a.gzip = turn%2 == 0
			a.status = 400
			a.text = next(tokens)
			p.say("model", a)
			got := hear(t, b, s)
			if tokens[0] == ours[0] {
				missing(t, got, a.text, ours)
			}
		}
	}
	for _, name := range []string{"plain", "percent", "query", "base64", "base64url, 1", "hex", "HEX", "quoted-printable", "decimal"} {
		for _, token := range ours {
			a := answer{status: 200, body: `{"type":"message","content":[{"type":"text","text":%s}]}`, text: encodings[name](token), gzip: turn%2 == 0}
			turn++
			p.say("model", a)
			missing(t, hear(t, b, s), a.text, ours)
		}
	}
	for _, a := range errorShapes { // and one that is written down
		a.status, a.text = 429, next(everyone)
		p.say("model", a)
		hear(t, b, s)
		terminal.WriteString(b.must("pool", "show") + b.must("pool", "show", "--json") + b.must("list"))
		b.must("pool", "reset")
	}
	p.say("refresh", answer{status: 400, body: `{"error":"invalid_grant","error_description":%s}`, text: next(everyone)})
	run("refresh", "--force")
	for _, command := range []string{"list", "list --json", "status --json", "log", "log --json", "pool show --json", "doctor"} {
		r := b.run(strings.Fields(command)...)
		terminal.WriteString(r.out + r.err)
	}
	if !strings.Contains(terminal.String(), "[secret]") {
		t.Error("nothing was cut, so the search proves nothing")
	}
	places := map[string]string{"the terminal": terminal.String(), "the log of serve": s.said.String()}
	for path, text := range textsBelow(t, b.home) {
		places[path] = text
	}
	for place, text := range places {
		for _, token := range append(everyone, written...) {
			if part := leaktest.Left(text, token); len(part) >= 12 {
				t.Errorf("%s has %q of %q", place, part, token)
			}
		}
	}
}

// missing fails where a program was told a token of the account, as it is or as
// it was written.
func missing(t *testing.T, got, written string, ours []string) {
	t.Helper()
	for _, token := range append([]string{written}, ours...) {
		if part := leaktest.Left(got, token); len(part) >= 16 {
			t.Errorf("the program got %q of %q: %s", part, token, got)
		}
	}
}

// hear asks through the proxy and returns all that a program gets to see.
func hear(t *testing.T, b *bench, s *server) string {
	t.Helper()
	var all strings.Builder
	r := b.message(s.url, s.key, "/anthropic")
	r = r.WithContext(httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		fmt.Fprintln(&all, code, h)
		return nil
	}}))
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if z, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
		if body, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprintln(&all, res.StatusCode, res.Header, res.Trailer, string(body))
	return all.String()
}

// textsBelow are the files of a folder but the sealed ones.
func textsBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && !bytes.HasPrefix(data, []byte("age-encryption.org/")) {
			all[path] = string(data)
		}
		return nil
	})
	if err != nil || len(all) < 3 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}
