package sandbox

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var hidden = regexp.MustCompile(`name="token" value="([0-9a-f]{64})"`)

// formToken reads the token out of a page, as curl and grep would.
func formToken(t *testing.T, page reply) string {
	t.Helper()
	m := hidden.FindStringSubmatch(page.body)
	if m == nil {
		t.Fatalf("no form token: %s", page.body)
	}
	return m[1]
}

func TestPage_ApproveAndDeny(t *testing.T) {
	for action, want := range map[string]struct {
		state CodeState
		title string
	}{"approve": {CodeApproved, "Approved"}, "deny": {CodeDenied, "Denied"}} {
		l := newLab(t, Options{})
		path := "/oauth-authorize?user_code=" + l.ask() + "&client=OpenClaw"
		page := l.get(path)
		for _, text := range []string{l.Codes()[0].UserCode, "OpenClaw", "model.completion", "ends in 5m 00s", "Approve", "Deny"} {
			if !strings.Contains(page.body, text) {
				t.Errorf("the page lacks %q", text)
			}
		}
		r := l.post("/oauth-authorize", url.Values{
			"user_code": {l.Codes()[0].UserCode}, "token": {formToken(t, page)}, "action": {action},
		})
		if r.status != 303 || !strings.HasPrefix(r.header.Get("Location"), "/oauth-authorize?user_code=") {
			t.Fatalf("%s: %d %s", action, r.status, r.body)
		}
		if got := l.Codes()[0].State; got != want.state {
			t.Errorf("%s: the code is %s", action, got)
		}
		after := l.get(r.header.Get("Location"))
		if !strings.Contains(after.body, "<h1>"+want.title+"</h1>") || strings.Contains(after.body, "<button") {
			t.Errorf("%s: the page afterwards is %s", action, after.body)
		}
	}
}

func TestPage_FormToken(t *testing.T) {
	l := newLab(t, Options{})
	first, second := l.ask(), l.ask()
	token := formToken(t, l.get("/oauth-authorize?user_code="+first))
	l.signIn()
	for name, form := range map[string]url.Values{
		"none":           {"user_code": {first}, "action": {"approve"}},
		"wrong":          {"user_code": {first}, "action": {"approve"}, "token": {strings.Repeat("0", 64)}},
		"another code's": {"user_code": {second}, "action": {"approve"}, "token": {token}},
		"another one's":  {"user_code": {first}, "action": {"approve"}, "token": {formToken(t, newLabCode(t))}},
		"unknown code":   {"user_code": {"ZZZZ-0000"}, "action": {"approve"}, "token": {l.pages.token("code ")}},
	} {
		if r := l.post("/oauth-authorize", form); r.status != 403 || !strings.Contains(r.body, "Nothing was changed") {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	l.post("/oauth-authorize", url.Values{"user_code": {first}, "token": {token}, "action": {"own"}}).wantError(t, 400, "invalid_request")
	if r := l.post("/grants/"+l.Grants()[0].ID, url.Values{"action": {"revoke"}, "token": {token}}); r.status != 403 {
		t.Errorf("a code's token revoked a grant: %d", r.status)
	}
	if r := l.get("/oauth-authorize?user_code=" + first + "&action=approve&token=" + token); r.status != 200 {
		t.Errorf("GET: %d", r.status)
	}
	for _, c := range l.Codes() {
		if c.State == CodeApproved {
			t.Errorf("%s was approved", c.UserCode)
		}
	}
	if l.Grants()[0].Revoked != "" {
		t.Error("the grant was revoked")
	}
}

// newLabCode is the approval page of another sandbox.
func newLabCode(t *testing.T) reply {
	l := newLab(t, Options{})
	return l.get("/oauth-authorize?user_code=" + l.ask())
}

func TestPage_OwnFormInABrowser(t *testing.T) {
	l := newLab(t, Options{})
	userCode := l.ask()
	form := url.Values{"user_code": {userCode}, "action": {"approve"}, "token": {formToken(t, l.get("/oauth-authorize?user_code="+userCode))}}
	r := l.request("POST", "/oauth-authorize", form.Encode())
	r.Header.Set("Origin", l.URL())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if got := l.do(r); got.status != 303 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestPage_RevokeAndExpire(t *testing.T) {
	l := newLab(t, Options{})
	access, refresh := l.signIn()
	grantPath := "/grants/" + l.Grants()[0].ID
	token := formToken(t, l.get("/"))

	if r := l.post(grantPath, url.Values{"action": {"expire"}, "token": {token}}); r.status != 303 || r.header.Get("Location") != "/" {
		t.Fatalf("expire: %d %s", r.status, r.body)
	}
	if l.IsLive(access) || !strings.Contains(l.get("/").body, "access token expired") {
		t.Error("the access token did not expire")
	}
	access = l.refresh(refresh).text("access_token")
	if !l.IsLive(access) {
		t.Fatal("an expired sign-in cannot be refreshed")
	}

	if r := l.post(grantPath, url.Values{"action": {"revoke"}, "token": {token}}); r.status != 303 {
		t.Fatalf("revoke: %d %s", r.status, r.body)
	}
	page := l.get("/")
	if l.IsLive(access) || !strings.Contains(page.body, "Dead: revoked on the page.") || strings.Contains(page.body, "<form") {
		t.Errorf("not revoked: %s", page.body)
	}
	l.post(grantPath, url.Values{"action": {"own"}, "token": {token}}).wantError(t, 400, "invalid_request")
	if r := l.post("/grants/gone", url.Values{"action": {"revoke"}, "token": {l.pages.token("grant gone")}}); r.status != 404 {
		t.Errorf("a grant that is gone: %d", r.status)
	}
}

func TestPage_Overview(t *testing.T) {
	l := newLab(t, Options{})
	if body := l.get("/").body; !strings.Contains(body, "No program asks to sign in") || !strings.Contains(body, "Nobody is signed in yet") {
		t.Errorf("empty overview: %s", body)
	}
	pending := l.ask()
	access, refresh := l.signIn()
	body := l.get("/").body
	for _, want := range []string{pending, "waiting for you", "access token good", "Ends in 1m 30s", "Refreshed 0 times"} {
		if !strings.Contains(body, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
	for _, secret := range []string{access, refresh, challenge} {
		if strings.Contains(body, secret) {
			t.Errorf("the overview shows %q", secret)
		}
	}
	l.refresh(refresh)
	l.refresh(refresh)
	l.clock.Advance(6 * time.Minute)
	body = l.get("/").body
	for _, want := range []string{"expired", "Refreshed 1 time,", "a spent refresh token was used again"} {
		if !strings.Contains(body, want) {
			t.Errorf("the overview lacks %q: %s", want, body)
		}
	}
	for range 2 * overviewRows {
		l.ask()
	}
	if got := strings.Count(l.get("/").body, "<li>"); got != overviewRows+1 {
		t.Errorf("%d rows", got)
	}
	for _, c := range l.Codes() {
		_ = l.Deny(c.UserCode)
	}
	body = l.get("/").body
	if got := strings.Count(body, `<li class="row">`); got != endedRows {
		t.Errorf("%d ended rows", got)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 59*time.Second + 999*time.Millisecond: "59s", time.Minute: "1m 00s",
		time.Hour - 1: "59m 59s", 25*time.Hour + 5*time.Minute: "25h 05m",
	} {
		if got := span(d); got != want {
			t.Errorf("%d is %q, want %q", d, got, want)
		}
	}
}

func TestPage_UnknownCode(t *testing.T) {
	l := newLab(t, Options{})
	if r := l.get("/oauth-authorize"); r.status != 200 || !strings.Contains(r.body, `name="user_code"`) || strings.Contains(r.body, `role="alert"`) {
		t.Errorf("asking for a code: %d %s", r.status, r.body)
	}
	long := strings.Repeat("é", 100)
	for typed, shown := range map[string]string{
		"<script>alert(1)</script>": "&lt;script&gt;",
		"ZZZZ-0000":                 "ZZZZ-0000",
		long:                        long[:80] + "…",
	} {
		r := l.get("/oauth-authorize?user_code=" + url.QueryEscape(typed))
		if r.status != 404 || !strings.Contains(r.body, shown) || strings.Contains(r.body, "<script") {
			t.Errorf("%q: %d %s", typed, r.status, r.body)
		}
	}
	l.clock.Advance(time.Second)
	userCode := l.ask()
	l.clock.Advance(5 * time.Minute)
	if body := l.get("/oauth-authorize?user_code=" + userCode).body; !strings.Contains(body, "This code has expired") || strings.Contains(body, "<form") {
		t.Errorf("an expired code: %s", body)
	}
}

func TestPage_Headers(t *testing.T) {
	l := newLab(t, Options{})
	for path, media := range map[string]string{"/": "text/html", "/oauth-authorize": "text/html", "/style.css": "text/css"} {
		r := l.get(path)
		if r.status != 200 || !strings.HasPrefix(r.header.Get("Content-Type"), media) || r.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, r.status, r.header)
		}
		if strings.Contains(r.body, "<script") || media == "text/html" && !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s may run scripts", path)
		}
	}
}

// The overview is loaded anew by itself, without a script, and says by which code each
// program was signed in.
func TestPage_OverviewFollowsByItself(t *testing.T) {
	l := newLab(t, Options{TokenName: func(token string) string { return token[:min(4, len(token))] }})
	if page := l.get("/"); page.header.Get("Refresh") != "15" || strings.Contains(page.body, "<script") {
		t.Errorf("the overview is not loaded anew: %s", page.body)
	}
	code := l.ask()
	if page := l.get("/"); page.header.Get("Refresh") != "3" || !strings.Contains(page.body, code) {
		t.Errorf("the overview does not wait with the program: %s", page.body)
	}
	_, refresh := l.signIn()
	used := l.Grants()[0].UserCode
	if page := l.get("/"); !strings.Contains(page.body, "token "+refresh[:4]+" · ") {
		t.Errorf("the card does not say what the program calls its token: %s", page.body)
	}
	if page := l.get("/"); used == "" || !strings.Contains(page.body, " · "+used) {
		t.Errorf("the card has no code %q: %s", used, page.body)
	}
}
