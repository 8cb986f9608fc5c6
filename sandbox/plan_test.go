package sandbox

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const remainsPath = "/v1/token_plan/remains"

// general is the part of an answer that is of the plan's text models.
func (l *lab) general(token, path string) (status int, got map[string]any) {
	l.t.Helper()
	r := l.request("GET", path, "")
	r.Header.Set("Authorization", "Bearer "+token)
	answer := l.do(r)
	all, _ := answer.json["model_remains"].([]any)
	if len(all) > 0 {
		got, _ = all[0].(map[string]any)
	}
	return answer.status, got
}

func TestPlan_Shapes(t *testing.T) {
	for shape, want := range map[PlanShape][3]any{ // total, what is called usage_count, remaining percent
		"":            {0.0, 0.0, 40.0},
		PlanPercent:   {0.0, 0.0, 40.0},
		PlanRemaining: {1500.0, 600.0, 40.0},
		PlanUsed:      {1500.0, 900.0, 40.0},
		PlanCounts:    {1500.0, 600.0, nil},
	} {
		l := newLab(t, Options{Plan: shape})
		access, _ := l.signIn()
		if err := l.UsePlan(access, 60); err != nil {
			t.Fatal(err)
		}
		_, got := l.general(access, remainsPath)
		if diff := cmp.Diff(want, [3]any{got["current_interval_total_count"], got["current_interval_usage_count"], got["current_interval_remaining_percent"]}); diff != "" {
			t.Errorf("%q: %s", shape, diff)
		}
		if length := got["end_time"].(float64) - got["start_time"].(float64); length != 5*3600*1000 {
			t.Errorf("%q: the window is %v ms long", shape, length)
		}
	}
}

func TestPlan_WhereItIsTold(t *testing.T) {
	const older = "/v1/api/openplatform/coding_plan/remains"
	for shape, want := range map[PlanShape][2]int{PlanPercent: {200, 200}, PlanOld: {404, 200}, PlanNone: {404, 404}, PlanDenied: {200, 200}} {
		l := newLab(t, Options{Plan: shape})
		access, _ := l.signIn()
		newer, _ := l.general(access, remainsPath)
		old, got := l.general(access, older)
		if newer != want[0] || old != want[1] || (shape == PlanDenied) != (got == nil && old == 200) {
			t.Errorf("%s: %d, %d, %v", shape, newer, old, got)
		}
		if n := l.Grants()[0].Requests; n != 0 {
			t.Errorf("%s: looking at the plan counts as %d requests to the model", shape, n)
		}
		if status, _ := l.general("sandbox-at-other", remainsPath); shape == PlanPercent && status != http.StatusUnauthorized {
			t.Errorf("a foreign token gets %d", status)
		}
	}
}

func TestPlan_IsUsedUpAndBeginsAnew(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	l.message(access, hello)
	if _, got := l.general(access, remainsPath); got["current_interval_remaining_percent"] != 99.0 { // 1499 of 1500
		t.Errorf("after a request: %v", got)
	}
	page := l.get("/").body
	_, token, _ := strings.Cut(page, `name="token" value="`)
	token, _, _ = strings.Cut(token, `"`)
	grant := "/grants/" + l.Grants()[0].ID
	for _, odd := range []string{"", "101", "-1", "much"} {
		if r := l.post(grant, url.Values{"action": {"use"}, "used": {odd}, "token": {token}}); r.status != 400 {
			t.Errorf("used %q: %d", odd, r.status)
		}
	}
	if r := l.post(grant, url.Values{"action": {"use"}, "used": {"100"}, "token": {token}}); r.status != http.StatusSeeOther {
		t.Fatalf("the slider: %d %s", r.status, r.body)
	}
	if used := l.Grants()[0].Used; used != 100 || !strings.Contains(l.get("/").body, "Plan: 100 %") {
		t.Errorf("%d %% used", used)
	}
	r := l.message(access, hello)
	r.wantAPIError(t, http.StatusTooManyRequests, "rate_limit_error")
	if ends := start.Truncate(planWindow).Add(planWindow); !strings.Contains(r.body, "resets at "+ends.Format(time.RFC3339)+" (2056)") {
		t.Errorf("%s", r.body)
	}
	l.clock.Advance(planWindow)
	access = l.refreshed()
	if r := l.message(access, hello); r.status != 200 {
		t.Errorf("in the next window: %d %s", r.status, r.body)
	}
	if _, got := l.general(access, remainsPath); got["current_weekly_remaining_percent"] != 89.0 {
		t.Errorf("the week goes on: %v", got)
	}
}

// refreshed brings a grant whose access token has ended a new one.
func (l *lab) refreshed() string {
	l.t.Helper()
	l.portal.mu.Lock()
	refresh := l.portal.grants[0].current
	l.portal.mu.Unlock()
	return l.refresh(refresh).text("access_token")
}

func TestParsePlanShape(t *testing.T) {
	for _, name := range []string{"percent", "remaining", "used", "counts", "old", "denied", "none"} {
		if p, err := ParsePlanShape(name); err != nil || string(p) != name {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := ParsePlanShape("some"); err == nil {
		t.Error("an unknown shape is one")
	}
}

// ChatGPT's backend tells in the headers of every answer how much is used.
func TestPlan_InCodexHeaders(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	if err := l.UsePlan(l.Grants()[0].ID, 61); err != nil {
		t.Fatal(err)
	}
	got := l.askAPI(access, "/backend-api/codex/responses",
		`{"model":"m","instructions":"x","store":false,"stream":true,"input":[{"type":"message","role":"user","content":"hello"}]}`)
	for name, want := range map[string]string{
		"Primary-Used-Percent": "61", "Primary-Window-Minutes": "300",
		"Primary-Reset-At":       strconv.FormatInt(start.Truncate(planWindow).Add(planWindow).Unix(), 10),
		"Secondary-Used-Percent": "6", "Secondary-Window-Minutes": "10080",
		"Secondary-Reset-At": strconv.FormatInt(start.Truncate(planWeek).Add(planWeek).Unix(), 10),
	} {
		if told := got.header.Get("X-Codex-" + name); got.status != http.StatusOK || told != want {
			t.Errorf("%d: %s is %q, want %q", got.status, name, told, want)
		}
	}
}

// A plan has as many requests as the sandbox was told.
func TestPlan_Requests(t *testing.T) {
	l := newLab(t, Options{PlanRequests: 2})
	access, _ := l.signIn()
	for i, want := range []int{200, 200, 429} {
		if r := l.message(access, hello); r.status != want {
			t.Errorf("request %d: %d, want %d", i+1, r.status, want)
		}
	}
	if used := l.Grants()[0].Used; used != 100 {
		t.Errorf("%d %% used", used)
	}
}
