package oauth_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// wireFolder has exchanges that were transcribed from other programs and from
// issues; its README describes the format.
const wireFolder = "../../sandbox/testdata/wire"

const (
	recordedServer = "https://account.minimax.io"
	recordedState  = "Zml4dHVyZS1zdGF0ZS0wMQ"
)

// recording is one file of the folder.
type recording struct {
	name     string
	facts    map[string]string // "kind", "now", "outcome", …
	requests []string
	answers  []string
}

func readRecording(t *testing.T, path string) recording {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := recording{name: strings.TrimSuffix(filepath.Base(path), ".wire"), facts: map[string]string{}}
	head, rest, _ := strings.Cut(strings.TrimSuffix(string(data), "\n"), "-- request --\n")
	for line := range strings.Lines(head) {
		if key, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "# "), ": "); ok {
			r.facts[key] = value
		}
	}
	for pair := range strings.SplitSeq(rest, "\n-- request --\n") {
		request, answer, ok := strings.Cut(pair, "\n-- answer --\n")
		if !ok {
			t.Fatalf("%s: a request without an answer", path)
		}
		r.requests = append(r.requests, request)
		r.answers = append(r.answers, answer)
	}
	return r
}

// form is the body of a recorded request.
func (r recording) form(t *testing.T, i int) url.Values {
	t.Helper()
	_, body, _ := strings.Cut(r.requests[i], "\n\n")
	form, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

// wire returns an answer's bytes, with the client's state and the server's
// address in place of the recorded ones.
func wire(answer, state, server string) []byte {
	head, body, _ := strings.Cut(answer, "\n\n")
	head = strings.ReplaceAll(head, recordedServer, server)
	body = strings.ReplaceAll(body, recordedState, state)
	var out bytes.Buffer
	for line := range strings.Lines(head) {
		out.WriteString(strings.TrimSuffix(line, "\n") + "\r\n")
	}
	out.WriteString("Connection: close\r\n\r\n" + body)
	return out.Bytes()
}

// replay serves a recording's answers in their order and understands nothing.
// Where there is one more request than answers, the last one is repeated.
func replay(t *testing.T, r *recording) *portal {
	var mu sync.Mutex
	served := 0
	var p *portal
	p = newPortal(t, func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		answer := r.answers[min(served, len(r.answers)-1)]
		served++
		mu.Unlock()
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = conn.Write(wire(answer, req.PostForm.Get("state"), p.URL))
		_ = conn.Close()
	})
	return p
}

// Outcomes that differ from a recording's on purpose.
var ownOutcome = map[string]string{
	// Whether the clock or the server says it: the code has ended.
	"poll-expired-code": "timeout",
	// A page in place of an answer is polled past as well, but not as soon.
	"poll-unparsable": "retry",
}

func TestReplay(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(wireFolder, "*.wire"))
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d recordings, %v", len(paths), err)
	}
	for _, path := range paths {
		r := readRecording(t, path)
		t.Run(r.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, r.facts["now"])
			if err != nil {
				t.Fatal(err)
			}
			p := replay(t, &r)
			got, visible := r.play(t, p, at)
			want := r.facts["outcome"]
			if own, ok := ownOutcome[r.name]; ok {
				want = own
			}
			if got != want {
				t.Errorf("outcome %q, want %q (%s)", got, want, visible)
			}
			if strings.Contains(visible, "fixture-refresh-token") || strings.ContainsAny(visible, "\x1b\u009b\u202e\r\n\a") {
				t.Errorf("not fit to show: %q", visible)
			}
			r.compareRequests(t, p)
		})
	}
}

// play does what the recording's client did, and returns the outcome in the
// words of the folder, and everything that a person would see of it.
func (r recording) play(t *testing.T, p *portal, at time.Time) (outcome, visible string) {
	t.Helper()
	flow := miniMax(t, func(c *oauth.Config) { c.Clock = clock.NewFake(at) })
	target := p.target(t)
	target.PageHosts = []string{"minimax.io", "minimaxi.com"}
	if strings.HasPrefix(r.requests[0], "POST /oauth/") { // the recording begins at the legacy address
		target.TokenURL, target.DeviceURL = target.LegacyTokenURL, target.LegacyDevice
	}
	switch r.facts["kind"] {
	case "code":
		code, err := flow.RequestCode(t.Context(), target)
		if err != nil {
			return codeOf(err), err.Error()
		}
		r.checkCode(t, code, at)
		return "code", code.UserCode + code.VerificationURI
	case "poll":
		code := issuedCode(t, target)
		a := flow.Poll(t.Context(), code)
		return pollWord(a), r.shown(t, a, at)
	case "refresh":
		a := flow.Refresh(t.Context(), target.Binding, secret.New("fixture-refresh-token-1"))
		return refreshWord(a), r.shown(t, a, at)
	default:
		t.Fatalf("kind %q", r.facts["kind"])
		return "", ""
	}
}

// issuedCode gets a code for target from a server of its own.
func issuedCode(t *testing.T, target oauth.Target) *oauth.DeviceCode {
	t.Helper()
	issuer := newPortal(t, issues(goodCode))
	code, err := miniMax(t).RequestCode(t.Context(), issuer.target(t))
	if err != nil {
		t.Fatal(err)
	}
	code.Target = target
	return code
}

func pollWord(a oauth.Answer) string {
	switch {
	case a.Outcome == oauth.Granted:
		return "granted"
	case a.Outcome == oauth.Pending && !a.SlowDown:
		return "pending"
	case a.Outcome == oauth.Terminal:
		return a.Err.Code
	default:
		return "retry"
	}
}

func refreshWord(a oauth.Answer) string {
	switch a.Outcome {
	case oauth.Granted:
		return "granted"
	case oauth.Doubtful:
		return "doubtful"
	case oauth.Terminal:
		return "terminal " + a.Err.Code
	default:
		return "retry"
	}
}

// shown returns what a person would see of a, and checks what was granted.
func (r recording) shown(t *testing.T, a oauth.Answer, at time.Time) string {
	t.Helper()
	if a.Tokens == nil {
		if a.Err == nil {
			return a.Reason
		}
		return a.Err.Error() + " " + a.Reason
	}
	last := r.answers[len(r.answers)-1]
	for field, token := range map[string]secret.Secret{"access_token": a.Tokens.Access, "refresh_token": a.Tokens.Refresh} {
		if sent := strings.Contains(last, `"`+field+`":"`+token.Reveal()+`"`); sent == token.IsZero() {
			t.Errorf("%s is %q", field, token.Reveal())
		}
	}
	life := a.Tokens.ExpiresAt.Sub(at)
	if strings.Contains(r.name, "bad-expiry") {
		if codeOf(a.Tokens.ExpiryErr) != "invalid_expiry" || !strings.Contains(a.Tokens.ExpiryErr.Error(), "9223372036854775807") {
			t.Errorf("the expiry's error is %v", a.Tokens.ExpiryErr)
		}
	} else if life != 15*time.Minute && strings.Contains(last, "expired_in") {
		t.Errorf("the token lives %v", life)
	}
	return a.Tokens.Notification
}

// checkCode compares a code with what every recording of one says.
func (r recording) checkCode(t *testing.T, code *oauth.DeviceCode, at time.Time) {
	t.Helper()
	interval := 2 * time.Second
	if strings.Contains(r.answers[len(r.answers)-1], `"interval":3000`) {
		interval = 3 * time.Second
	}
	if code.UserCode != "ABCD-1234" || code.ExpiresAt.Sub(at) != 5*time.Minute || code.Interval != interval {
		t.Errorf("the code is %s, for %v, every %v", code.UserCode, code.ExpiresAt.Sub(at), code.Interval)
	}
	if !strings.HasPrefix(code.VerificationURI, "https://platform.minimax") || !code.Complete || !code.PageTrusted {
		t.Errorf("the page is %s (complete %v, trusted %v)", code.VerificationURI, code.Complete, code.PageTrusted)
	}
}

// compareRequests checks that our requests are the recorded ones, where those
// are of the client whose protocol is spoken here: the same path and the same
// fields, with the same values but for what is random.
func (r recording) compareRequests(t *testing.T, p *portal) {
	t.Helper()
	if !strings.Contains(r.requests[0], "client_id=78257093-") || strings.Contains(r.name, "grant-type") || strings.Contains(r.name, "token-missing") {
		return
	}
	requests := p.seen()
	if len(requests) < len(r.requests) {
		t.Fatalf("%d requests, %d are recorded", len(requests), len(r.requests))
	}
	for i := range r.requests {
		parsed, err := http.ReadRequest(bufio.NewReader(io.MultiReader(
			strings.NewReader(strings.ReplaceAll(strings.SplitN(r.requests[i], "\n\n", 2)[0], "\n", "\r\n")), strings.NewReader("\r\n\r\n"))))
		if err != nil {
			t.Fatal(err)
		}
		want, got := r.form(t, i), requests[i].form
		for _, random := range []string{"state", "code_challenge", "code_verifier"} {
			if want.Has(random) && got.Has(random) {
				got.Set(random, want.Get(random))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || parsed.URL.Path != requests[i].path {
			t.Errorf("request %d to %s, want %s: %s", i, requests[i].path, parsed.URL.Path, diff)
		}
		for _, name := range []string{"Content-Type", "Accept"} {
			if parsed.Header.Get(name) != requests[i].header.Get(name) {
				t.Errorf("request %d: %s is %q, want %q", i, name, requests[i].header.Get(name), parsed.Header.Get(name))
			}
		}
		if (parsed.Header.Get("x-request-id") == "") != (requests[i].header.Get("x-request-id") == "") {
			t.Errorf("request %d: x-request-id is %q", i, requests[i].header.Get("x-request-id"))
		}
	}
}
