package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCodeAnswer(t *testing.T) {
	l := newLab(t, Options{Interval: 3 * time.Second})
	r := l.post("/oauth2/device/code", codeForm())
	page, err := url.Parse(r.text("verification_uri"))
	if err != nil {
		t.Fatal(err)
	}
	if got := page.Query().Get("user_code"); got == "" || got != r.text("user_code") {
		t.Errorf("the page %s does not carry the code %q", page, r.text("user_code"))
	}
	if !strings.HasPrefix(page.String(), l.URL()+"/oauth-authorize?") || page.Query().Get("client") != "OpenClaw" {
		t.Errorf("the page is %s", page)
	}
	if strings.Contains(r.body, `\u0026`) {
		t.Errorf("the page's address is escaped: %s", r.body)
	}
	want := map[string]any{"expired_in": float64(start.Add(5 * time.Minute).UnixMilli()), "interval": 3000.0, "state": "a-state"}
	for key, value := range want {
		if r.json[key] != value {
			t.Errorf("%s is %v, want %v", key, r.json[key], value)
		}
	}
	if got := r.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
}

func TestUserCodes_AreDistinctAndReadable(t *testing.T) {
	l := newLab(t, Options{})
	seen := map[string]bool{}
	for range 50 {
		c := l.ask()
		if seen[c] || len(c) != 9 || c[4] != '-' || strings.ContainsAny(c, "AEIOUY") {
			t.Fatalf("user code %q", c)
		}
		seen[c] = true
	}
}

func TestCodeRequest_Refusals(t *testing.T) {
	tests := []struct {
		name, field, value string // an empty value takes the field away
		status             int
		code               string
	}{
		{"no client", "client_id", "", 400, "invalid_request"},
		{"unknown client", "client_id", "hermes", 401, "invalid_client"},
		{"no response type", "response_type", "", 400, "invalid_request"},
		{"wrong response type", "response_type", "token", 400, "invalid_request"},
		{"no scope", "scope", "", 400, "invalid_request"},
		{"another client's scope", "scope", "group_id coding_plan", 400, "invalid_scope"},
		{"no challenge", "code_challenge", "", 400, "invalid_request"},
		{"padded challenge", "code_challenge", challenge + "=", 400, "invalid_request"},
		{"challenge of another alphabet", "code_challenge", strings.Repeat("+", 43), 400, "invalid_request"},
		{"no method", "code_challenge_method", "", 400, "invalid_request"},
		{"plain method", "code_challenge_method", "plain", 400, "invalid_request"},
		{"no state", "state", "", 400, "invalid_request"},
		{"endless state", "state", strings.Repeat("s", 5000), 400, "invalid_request"},
	}
	l := newLab(t, Options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := codeForm()
			if form.Set(tt.field, tt.value); tt.value == "" {
				form.Del(tt.field)
			}
			r := l.post("/oauth2/device/code", form)
			r.wantError(t, tt.status, tt.code)
			if !strings.Contains(r.text("error_description"), tt.field) && tt.code == "invalid_request" {
				t.Errorf("the answer does not name %s: %s", tt.field, r.body)
			}
		})
	}
	if got := len(l.Codes()); got != 0 {
		t.Errorf("%d codes were handed out", got)
	}
	if got := l.Stats().Codes; got.Total != len(tests) || got.Outcomes[Refused] != len(tests) {
		t.Errorf("counted %+v", got)
	}
}

func TestForm_Refusals(t *testing.T) {
	l := newLab(t, Options{})
	for _, path := range []string{"/oauth2/device/code", "/oauth2/token"} {
		r := l.get(path)
		r.wantError(t, http.StatusMethodNotAllowed, "invalid_request")
		if r.header.Get("Allow") != "POST" {
			t.Errorf("%s does not say that it wants POST", path)
		}

		json := l.request("POST", path, `{"client_id":"x"}`)
		json.Header.Set("Content-Type", "application/json")
		l.do(json).wantError(t, http.StatusUnsupportedMediaType, "invalid_request")

		l.do(l.request("POST", path, "a=%zz")).wantError(t, 400, "invalid_request")
		l.do(l.request("POST", path, "client_id=a&client_id=b")).wantError(t, 400, "invalid_request")
		l.do(l.request("POST", path, "a="+strings.Repeat("b", maxForm))).wantError(t, http.StatusRequestEntityTooLarge, "invalid_request")
	}
	l.do(l.request("POST", "/oauth2/token?"+refreshForm("x").Encode(), "")).wantError(t, 400, "invalid_request")
	l.get("/oauth3").wantError(t, 404, "not_found")
}

func TestPoll_PendingThenApproved(t *testing.T) {
	l := newLab(t, Options{})
	userCode := l.ask()
	for range 2 {
		r := l.post("/oauth2/token", pollForm(userCode))
		if diff := cmp.Diff(map[string]any{"status": "pending"}, r.json); diff != "" || r.status != 200 {
			t.Errorf("pending answer, %d: %s", r.status, diff)
		}
	}
	if err := l.Approve(strings.ToLower(strings.ReplaceAll(userCode, "-", " "))); err != nil {
		t.Fatal(err)
	}
	if err := l.Deny(userCode); err != ErrDecidedCode {
		t.Errorf("denying an approved code: %v", err)
	}
	r := l.post("/oauth2/token", pollForm(userCode))
	if !l.IsLive(r.text("access_token")) || r.text("refresh_token") == "" || r.text("token_type") != "Bearer" {
		t.Errorf("approved answer: %s", r.body)
	}
	l.post("/oauth2/token", pollForm(userCode)).wantError(t, 400, "invalid_grant")
	want := Count{4, map[Outcome]int{Pending: 2, Granted: 1, Refused: 1}}
	if diff := cmp.Diff(want, l.Stats().Polls); diff != "" {
		t.Error(diff)
	}
}

func TestPoll_Denied(t *testing.T) {
	l := newLab(t, Options{})
	userCode := l.ask()
	if err := l.Deny(userCode); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r := l.post("/oauth2/token", pollForm(userCode)); r.status != 200 || r.text("status") != "error" {
			t.Errorf("got %d %s", r.status, r.body)
		}
	}
	if err := l.Approve("ZZZZ-0000"); err != ErrUnknownCode {
		t.Errorf("approving an unknown code: %v", err)
	}
}

func TestPoll_Expired(t *testing.T) {
	l := newLab(t, Options{CodeTTL: time.Minute})
	pending, approved := l.ask(), l.ask()
	if err := l.Approve(approved); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Minute - time.Millisecond)
	if r := l.post("/oauth2/token", pollForm(pending)); r.text("status") != "pending" {
		t.Errorf("just before its end: %s", r.body)
	}
	l.clock.Advance(time.Millisecond)
	for _, userCode := range []string{pending, approved} {
		l.post("/oauth2/token", pollForm(userCode)).wantError(t, 400, "expired_token")
	}
	if err := l.Approve(pending); err != ErrDecidedCode {
		t.Errorf("approving an expired code: %v", err)
	}
	l.clock.Advance(codeAfter + time.Second)
	l.ask() // sweeps
	l.post("/oauth2/token", pollForm(pending)).wantError(t, 400, "invalid_grant")
	if got := len(l.Codes()); got != 1 {
		t.Errorf("%d codes are remembered", got)
	}
}

func TestPoll_Refusals(t *testing.T) {
	tests := []struct{ name, field, value, code string }{
		{"wrong verifier", "code_verifier", strings.Repeat("w", 86), "invalid_grant"},
		{"the challenge as verifier", "code_verifier", challenge, "invalid_grant"},
		{"no verifier", "code_verifier", "", "invalid_request"},
		{"short verifier", "code_verifier", "short", "invalid_request"},
		{"verifier of another alphabet", "code_verifier", strings.Repeat("é", 43), "invalid_request"},
		{"no user code", "user_code", "", "invalid_request"},
		{"unknown user code", "user_code", "ZZZZ-0000", "invalid_grant"},
		{"another client", "client_id", mmx, "unauthorized_client"},
		{"another client's grant", "grant_type", grantDeviceCode, "unauthorized_client"},
		{"no grant type", "grant_type", "", "invalid_request"},
		{"unknown grant type", "grant_type", "password", "unsupported_grant_type"},
	}
	l := newLab(t, Options{})
	userCode := l.ask()
	if err := l.Approve(userCode); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := pollForm(userCode)
			if form.Set(tt.field, tt.value); tt.value == "" {
				form.Del(tt.field)
			}
			l.post("/oauth2/token", form).wantError(t, 400, tt.code)
		})
	}
	if r := l.post("/oauth2/token", pollForm(userCode)); r.text("status") != "success" {
		t.Errorf("the code did not survive wrong requests: %s", r.body)
	}
}

func TestPoll_AnotherClientsCode(t *testing.T) {
	l := newLab(t, Options{})
	form := pollForm(l.ask())
	form.Set("client_id", mmx)
	form.Set("grant_type", grantDeviceCode)
	l.post("/oauth2/token", form).wantError(t, 400, "invalid_grant")
}

func TestRefresh_RotatesOnce(t *testing.T) {
	l := newLab(t, Options{})
	access1, refresh1 := l.signIn()
	r := l.refresh(refresh1)
	access2, refresh2 := r.text("access_token"), r.text("refresh_token")
	if r.text("status") != "success" || access2 == access1 || refresh2 == refresh1 {
		t.Fatalf("got %s", r.body)
	}
	if !l.IsLive(access1) || !l.IsLive(access2) {
		t.Error("a refresh must not end the older access token before its time")
	}
	if got := l.Grants()[0]; got.Rotations != 1 || got.Revoked != "" {
		t.Errorf("the grant is %+v", got)
	}
}

func TestRefresh_ReuseRevokesTheFamily(t *testing.T) {
	l := newLab(t, Options{})
	other, otherRefresh := l.signIn()
	_, refresh1 := l.signIn()
	r := l.refresh(refresh1)
	access2, refresh2 := r.text("access_token"), r.text("refresh_token")

	l.refresh(refresh1).wantError(t, 400, "refresh_token_reused")
	if l.IsLive(access2) {
		t.Error("an access token of the family still works")
	}
	l.refresh(refresh2).wantError(t, 400, "invalid_grant")
	l.refresh(refresh1).wantError(t, 400, "refresh_token_reused")

	if !l.IsLive(other) || l.refresh(otherRefresh).text("status") != "success" {
		t.Error("another sign-in suffered")
	}
	want := Count{5, map[Outcome]int{Rotated: 2, Reused: 2, Refused: 1}}
	if diff := cmp.Diff(want, l.Stats().Refreshes); diff != "" {
		t.Error(diff)
	}
}

// A provider that only refuses a spent token goes on with the newest.
func TestRefresh_ReuseIsOnlyRefused(t *testing.T) {
	l := newLab(t, Options{OnlyRefuse: true})
	_, refresh1 := l.signIn()
	r := l.refresh(refresh1)
	l.refresh(refresh1).wantError(t, 400, "refresh_token_reused")
	if !l.IsLive(r.text("access_token")) || l.refresh(r.text("refresh_token")).text("status") != "success" {
		t.Error("the newest tokens suffered")
	}
	want := Count{3, map[Outcome]int{Rotated: 2, Reused: 1}}
	if diff := cmp.Diff(want, l.Stats().Refreshes); diff != "" {
		t.Error(diff)
	}
}

// A provider may end an access token as soon as there is a newer one.
func TestRefresh_OneAccessToken(t *testing.T) {
	l := newLab(t, Options{OneAccess: true})
	other, _ := l.signIn()
	access1, refresh1 := l.signIn()
	access2 := l.refresh(refresh1).text("access_token")
	if l.IsLive(access1) || !l.IsLive(access2) || !l.IsLive(other) {
		t.Errorf("the token before lives: %t, the new one: %t, that of another sign-in: %t", l.IsLive(access1), l.IsLive(access2), l.IsLive(other))
	}
}

func TestRefresh_OneOfManyWins(t *testing.T) {
	l := newLab(t, Options{})
	_, token := l.signIn()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			res, err := l.http.Do(l.request("POST", "/oauth2/token", refreshForm(token).Encode()))
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
		})
	}
	wg.Wait()
	want := Count{20, map[Outcome]int{Rotated: 1, Reused: 19}}
	if diff := cmp.Diff(want, l.Stats().Refreshes); diff != "" {
		t.Error(diff)
	}
}

func TestRefresh_Refusals(t *testing.T) {
	l := newLab(t, Options{})
	_, token := l.signIn()
	l.refresh("never-issued").wantError(t, 400, "invalid_grant")
	l.refresh("").wantError(t, 400, "invalid_request")
	foreign := refreshForm(token)
	foreign.Set("client_id", mmx)
	l.post("/oauth2/token", foreign).wantError(t, 400, "invalid_grant")
	if r := l.refresh(token); r.text("status") != "success" {
		t.Errorf("the token did not survive wrong requests: %s", r.body)
	}
}

func TestExpiredIn(t *testing.T) {
	end := start.Add(90 * time.Second)
	for mode, want := range map[ExpiredIn]int64{"": end.UnixMilli(), Millis: end.UnixMilli(), TTL: 90, Epoch: end.Unix()} {
		l := newLab(t, Options{ExpiredIn: mode})
		r := l.post("/oauth2/device/code", codeForm())
		if got := int64(r.json["expired_in"].(float64)); got != start.Add(5*time.Minute).UnixMilli() {
			t.Errorf("%q: the code's expired_in is %d: it must always be Unix milliseconds", mode, got)
		}
		_ = l.Approve(r.text("user_code"))
		r = l.post("/oauth2/token", pollForm(r.text("user_code")))
		if got := int64(r.json["expired_in"].(float64)); got != want {
			t.Errorf("%q: expired_in is %d, want %d", mode, got, want)
		}
	}
	if _, err := ParseExpiredIn("days"); err == nil {
		t.Error("an unknown meaning was taken")
	}
}

func TestIsLive(t *testing.T) {
	l := newLab(t, Options{})
	access, refresh := l.signIn()
	l.clock.Advance(90*time.Second - 1)
	if !l.IsLive(access) {
		t.Error("dead before its time")
	}
	l.clock.Advance(1)
	if l.IsLive(access) || l.IsLive("") || l.IsLive("never-issued") {
		t.Error("a token lives that must not")
	}
	access = l.refresh(refresh).text("access_token")
	if err := l.ExpireAccess(access); err != nil || l.IsLive(access) {
		t.Errorf("expired by hand, but lives: %v", err)
	}
	if err := l.ExpireAccess(access); err != ErrUnknownGrant {
		t.Errorf("expiring an ended token: %v", err)
	}
}

func TestRevoke_ByIDAndByToken(t *testing.T) {
	for _, by := range []string{"id", "access", "refresh", "all"} {
		l := newLab(t, Options{})
		access, refresh := l.signIn()
		var err error
		switch by {
		case "id":
			err = l.Revoke(l.Grants()[0].ID)
		case "access":
			err = l.Revoke(access)
		case "refresh":
			err = l.Revoke(refresh)
		default:
			if n := l.RevokeAll(); n != 1 {
				t.Errorf("revoked %d", n)
			}
		}
		if err != nil || l.IsLive(access) {
			t.Errorf("%s: %v, live %v", by, err, l.IsLive(access))
		}
		l.refresh(refresh).wantError(t, 400, "invalid_grant")
		if l.ExpireAllAccess() != 0 {
			t.Errorf("%s: a grant is alive", by)
		}
	}
	if err := newLab(t, Options{}).Revoke("nobody"); err != ErrUnknownGrant {
		t.Errorf("revoking nothing: %v", err)
	}
}

func TestAutoApprove(t *testing.T) {
	l := newLab(t, Options{AutoApprove: 5 * time.Second})
	userCode := l.ask()
	l.clock.Advance(5*time.Second - 1)
	if r := l.post("/oauth2/token", pollForm(userCode)); r.text("status") != "pending" {
		t.Errorf("too early: %s", r.body)
	}
	l.clock.Advance(1)
	if r := l.post("/oauth2/token", pollForm(userCode)); r.text("status") != "success" {
		t.Errorf("not approved: %s", r.body)
	}
}

func TestLegacy_KeepsTheBody(t *testing.T) {
	l := newLab(t, Options{})
	l.http.CheckRedirect = nil // net/http replays the body at a 307
	r := l.post("/oauth/code", codeForm())
	if r.text("user_code") == "" {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	_ = l.Approve(r.text("user_code"))
	if r = l.post("/oauth/token", pollForm(r.text("user_code"))); r.text("status") != "success" {
		t.Errorf("got %d %s", r.status, r.body)
	}
	l.get("/oauth/token").wantError(t, 405, "invalid_request")
}
