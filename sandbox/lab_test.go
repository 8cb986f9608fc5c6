package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	openClaw = "78257093-7e40-4613-99e0-527b14b39113"
	mmx      = "659cf4c1-615c-45f6-a5f6-4bf15eb476e5"
)

var (
	start     = time.Date(2026, 5, 20, 10, 11, 12, 0, time.UTC)
	verifier  = strings.Repeat("v", 86)
	challenge = s256(verifier)
)

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// fakeClock moves only when it is told to.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// lab is a sandbox that listens, on a fake clock, and a client that follows no
// redirect.
type lab struct {
	*Server
	t     *testing.T
	clock *fakeClock
	http  *http.Client
}

func newLab(t *testing.T, opts Options) *lab {
	t.Helper()
	clock := &fakeClock{now: start}
	opts.Now = clock.Now
	l := &lab{Server: New(opts), t: t, clock: clock, http: &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := l.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return l
}

// reply is what came back, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any // nil when the body is no JSON object
}

func (r reply) text(key string) string { s, _ := r.json[key].(string); return s }

func (l *lab) do(r *http.Request) reply {
	l.t.Helper()
	res, err := l.http.Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	out := reply{status: res.StatusCode, header: res.Header, body: string(body)}
	_ = json.Unmarshal(body, &out.json)
	return out
}

func (l *lab) request(method, path, body string) *http.Request {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), method, l.URL()+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (l *lab) post(path string, form url.Values) reply {
	l.t.Helper()
	return l.do(l.request("POST", path, form.Encode()))
}

func (l *lab) get(path string) reply {
	l.t.Helper()
	return l.do(l.request("GET", path, ""))
}

func codeForm() url.Values {
	return url.Values{
		"response_type": {"code"}, "client_id": {openClaw}, "scope": {"group_id profile model.completion"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "state": {"a-state"},
	}
}

func pollForm(userCode string) url.Values {
	return url.Values{
		"grant_type": {grantUserCode}, "client_id": {openClaw}, "user_code": {userCode}, "code_verifier": {verifier},
	}
}

func refreshForm(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {openClaw}, "refresh_token": {token}}
}

// ask gets a user code.
func (l *lab) ask() string {
	l.t.Helper()
	r := l.post("/oauth2/device/code", codeForm())
	if r.status != http.StatusOK || r.text("user_code") == "" {
		l.t.Fatalf("asking for a code: %d %s", r.status, r.body)
	}
	return r.text("user_code")
}

// signIn gets tokens.
func (l *lab) signIn() (access, refresh string) {
	l.t.Helper()
	userCode := l.ask()
	if err := l.Approve(userCode); err != nil {
		l.t.Fatal(err)
	}
	r := l.post("/oauth2/token", pollForm(userCode))
	if r.text("status") != "success" {
		l.t.Fatalf("signing in: %d %s", r.status, r.body)
	}
	return r.text("access_token"), r.text("refresh_token")
}

func (l *lab) refresh(token string) reply {
	l.t.Helper()
	return l.post("/oauth2/token", refreshForm(token))
}

// wantError checks a JSON error answer.
func (r reply) wantError(t *testing.T, status int, code string) {
	t.Helper()
	if r.status != status || r.text("error") != code {
		t.Errorf("got %d %s, want %d %s", r.status, r.body, status, code)
	}
	base, _ := r.json["base_resp"].(map[string]any)
	if msg, _ := base["status_msg"].(string); !strings.HasPrefix(msg, code) || base["status_code"] == float64(0) {
		t.Errorf("base_resp does not say %q: %s", code, r.body)
	}
}
