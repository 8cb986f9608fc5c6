package main_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// play is a provider on loopback that plays a story of exchanges, transcribed
// from the sources that its file in testdata/play names. It understands nothing:
// each request has to be the one that comes next in the story, and is answered
// as it was. So what is tested against it is not tested against a server of
// ours.
//
// A part of a file is a start line, headers, an empty line and a body. In a
// request each header that is written has to be there, and the body's fields
// are all there are; "*" stands for any value. {{url}} is the server, and
// {{jwt CLAIMS}} a token with these claims, in which an "exp" counts from now.
type play struct {
	*httptest.Server
	t *testing.T

	mu    sync.Mutex
	acts  []act
	times []time.Time // when each was asked for
}

// act is one exchange.
type act struct{ request, answer string }

func newPlay(t *testing.T, name string) *play {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "play", name+".wire"))
	if err != nil {
		t.Fatal(err)
	}
	p := &play{t: t}
	_, rest, _ := strings.Cut(string(text), "-- request --\n")
	for pair := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n-- request --\n") {
		request, answer, ok := strings.Cut(pair, "\n-- answer --\n")
		if !ok {
			t.Fatalf("%s has a request without an answer", name)
		}
		p.acts = append(p.acts, act{request, answer})
	}
	p.Server = httptest.NewServer(p)
	t.Cleanup(func() {
		p.Close()
		if len(p.times) != len(p.acts) && !t.Failed() {
			t.Errorf("%d of %d requests of %s came", len(p.times), len(p.acts), name)
		}
	})
	return p
}

// ServeHTTP implements http.Handler.
func (p *play) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead { // `doctor` looks whether somebody is there
		w.WriteHeader(http.StatusNotFound)
		return
	}
	p.mu.Lock()
	n := len(p.times)
	p.times = append(p.times, time.Now())
	p.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		p.t.Error(err)
		return
	}
	defer func() { _ = conn.Close() }()
	if n >= len(p.acts) {
		p.t.Errorf("one request too many: %s %s %s", r.Method, r.URL, body)
		return
	}
	if diff := p.compare(p.acts[n].request, r, body); diff != "" {
		p.t.Errorf("request %d: %s", n+1, diff)
	}
	head, text, _ := strings.Cut(p.acts[n].answer, "\n\n")
	head = strings.ReplaceAll(p.fill(head), "\n", "\r\n")
	_, _ = io.WriteString(conn, head+"\r\nConnection: close\r\n\r\n"+p.fill(text))
}

// compare says where a request differs from the transcribed one.
func (p *play) compare(want string, got *http.Request, body []byte) string {
	head, text, _ := strings.Cut(p.fill(want), "\n\n")
	wanted, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n")))
	if err != nil {
		return err.Error()
	}
	diff := cmp.Diff(wanted.Method+" "+wanted.URL.RequestURI(), got.Method+" "+got.URL.RequestURI())
	for name := range wanted.Header {
		diff += cmp.Diff(wanted.Header.Get(name), got.Header.Get(name))
	}
	return diff + cmp.Diff(fieldsOf(p.t, []byte(text), nil), fieldsOf(p.t, body, fieldsOf(p.t, []byte(text), nil)))
}

// fieldsOf reads a form or a JSON object. Fields that are "*" in like are so in
// what is returned, unless they are empty.
func fieldsOf(t *testing.T, body []byte, like map[string]string) map[string]string {
	fields := map[string]string{}
	if bytes.HasPrefix(body, []byte("{")) {
		if err := json.Unmarshal(body, &fields); err != nil {
			t.Error(err)
		}
	} else {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		for name := range form {
			fields[name] = strings.Join(form[name], " and ")
		}
	}
	for name, value := range like {
		if value == "*" && fields[name] != "" {
			fields[name] = "*"
		}
	}
	return fields
}

var jwtOf = regexp.MustCompile(`\{\{jwt (\{.*?\})\}\}"`)

func (p *play) fill(text string) string {
	text = strings.ReplaceAll(text, "{{url}}", p.URL)
	return jwtOf.ReplaceAllStringFunc(text, func(s string) string {
		var claims map[string]any
		if err := json.Unmarshal([]byte(jwtOf.FindStringSubmatch(s)[1]), &claims); err != nil {
			p.t.Error(err)
		}
		if life, ok := claims["exp"].(float64); ok {
			claims["exp"] = time.Now().Unix() + int64(life)
		}
		payload, _ := json.Marshal(claims)
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"RS256"}`)) + "." + encode(payload) + "." + encode([]byte("FAKE signature")) + `"`
	})
}

// asked is how many requests have come.
func (p *play) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.times)
}

// paused is how long the program waited before it sent a request, the first of
// which is 1.
func (p *play) paused(request int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.times[request-1].Sub(p.times[request-2])
}

// staged returns a bench and a story of this name, in the place of the provider
// of that name.
func staged(t *testing.T, story, provider string) (*bench, *play) {
	t.Helper()
	b, p := newBench(t, quiet), newPlay(t, story)
	b.configure(fmt.Sprintf("[endpoints.%q]\noauth_url = %q\ninference_url = %q\n", provider, p.URL, p.URL+"/v1"))
	return b, p
}

// only returns the single account that there is, as `list --json` has it.
func (b *bench) only() map[string]any {
	b.t.Helper()
	var accounts []map[string]any
	b.decode(b.must("list", "--json"), &accounts)
	if len(accounts) != 1 {
		b.t.Fatalf("%d accounts", len(accounts))
	}
	b.id = accounts[0]["id"].(string)
	return accounts[0]
}

// fails runs a command that has to end with this code and say all of these.
func (b *bench) fails(code int, says []string, args ...string) {
	b.t.Helper()
	r := b.run(args...)
	for _, word := range says {
		if r.code != code || !strings.Contains(r.out+r.err, word) {
			b.t.Errorf("hermes-tui %v, want exit code %d and %q: %s", args, code, word, r)
		}
	}
}
