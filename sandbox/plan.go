package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// The plan of each grant: so many requests in five hours, ten times as many in a
// week. What is left is told as MiniMax tells it, at /v1/token_plan/remains, in
// one of the shapes that were seen there (the npm package mmx-cli 1.0.27).

const (
	planRequests = 1500 // by default
	planResets   = 1    // that are saved up
	planWindow   = 5 * time.Hour
	planWeek     = 7 * 24 * time.Hour
)

// PlanShape is how what is left of a plan is told.
type PlanShape string

// The shapes. Fields called usage_count hold what remains, in all but one.
const (
	PlanPercent   PlanShape = "percent"   // counts of 0 and percentages: token plans
	PlanRemaining PlanShape = "remaining" // counts of what remains, and percentages
	PlanUsed      PlanShape = "used"      // counts of what is used, and percentages
	PlanCounts    PlanShape = "counts"    // counts of what remains alone
	PlanOld       PlanShape = "old"       // at the older address only
	PlanDenied    PlanShape = "denied"    // status 200 around an error
	PlanNone      PlanShape = "none"      // nothing is told
)

// ParsePlanShape reads the name of a shape.
func ParsePlanShape(s string) (PlanShape, error) {
	switch p := PlanShape(s); p {
	case PlanPercent, PlanRemaining, PlanUsed, PlanCounts, PlanOld, PlanDenied, PlanNone:
		return p, nil
	}
	return "", fmt.Errorf("unknown shape of a plan %q: use percent, remaining, used, counts, old, denied or none", s)
}

// plan is what a grant has used.
type plan struct {
	requests          int       // that it has in five hours; 0: planRequests
	began, week       time.Time // of the windows
	used, usedInAWeek int       // requests
	redeemed          []string  // the requests that used a banked reset
}

// limit is how many requests it has in five hours, and weekly in a week.
func (l plan) limit() int {
	if l.requests > 0 {
		return l.requests
	}
	return planRequests
}

func (l plan) weekly() int { return l.limit() * 10 }

// at moves the windows on. It needs p.mu.
func (l *plan) at(now time.Time) {
	if began := now.Truncate(planWindow); !l.began.Equal(began) {
		l.began, l.used = began, 0
	}
	if week := now.Truncate(planWeek); !l.week.Equal(week) {
		l.week, l.usedInAWeek = week, 0
	}
}

// spendPlan counts a request, unless nothing is left; then it says so as MiniMax
// does (MiniMax-AI/MiniMax-M2.7 #36).
func (s *Server) spendPlan(id string) *apiError {
	now := s.opts.Now()
	var refused *apiError
	_ = s.portal.withGrant(id, func(g *grant) {
		g.plan.at(now)
		if g.plan.used >= g.plan.limit() {
			refused = &apiError{http.StatusTooManyRequests, "rate_limit_error", fmt.Sprintf(
				"usage limit exceeded, 5-hour usage limit reached for Token Plan Sandbox (%d/%d used), resets at %s (2056)",
				g.plan.used, g.plan.limit(), g.plan.began.Add(planWindow).UTC().Format(time.RFC3339))}
			return
		}
		g.plan.used++
		g.plan.usedInAWeek++
	})
	return refused
}

// UsePlan sets how much of its five hours a grant has used, in percent. The grant
// is named by its id or by one of its tokens. It returns [ErrUnknownGrant], or an
// error when the share is none.
func (s *Server) UsePlan(name string, percent int) error {
	if percent < 0 || percent > 100 {
		return errors.New("used has to be between 0 and 100")
	}
	now := s.opts.Now()
	return s.portal.withGrant(name, func(g *grant) {
		g.plan.at(now)
		g.plan.used = g.plan.limit() * percent / 100
		g.plan.usedInAWeek = max(g.plan.usedInAWeek, g.plan.used)
	})
}

type remainsAnswer struct {
	Remains []remains `json:"model_remains"`
	Base    struct {
		Code    int    `json:"status_code"`
		Message string `json:"status_msg"`
	} `json:"base_resp"`
}

type remains struct {
	Model         string `json:"model_name"`
	Start         int64  `json:"start_time"` // Unix milliseconds, as all of them
	End           int64  `json:"end_time"`
	Left          int64  `json:"remains_time"` // milliseconds
	Total         int    `json:"current_interval_total_count"`
	Count         int    `json:"current_interval_usage_count"`
	Percent       *int   `json:"current_interval_remaining_percent,omitempty"`
	Status        int    `json:"current_interval_status"`
	WeekTotal     int    `json:"current_weekly_total_count"`
	WeekCount     int    `json:"current_weekly_usage_count"`
	WeekPercent   *int   `json:"current_weekly_remaining_percent,omitempty"`
	WeekStatus    int    `json:"current_weekly_status"`
	WeekStart     int64  `json:"weekly_start_time"`
	WeekEnd       int64  `json:"weekly_end_time"`
	WeekRemaining int64  `json:"weekly_remains_time"`
}

// showPlan answers GET /v1/token_plan/remains and its older address.
func (s *Server) showPlan(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindPlan)
	grant, bad := s.bearer(r)
	x.event.Grant = grant
	old := r.URL.Path != "/v1/token_plan/remains"
	shape := s.opts.Plan
	switch {
	case bad != nil:
		x.deny(Refused, bad)
	case shape == PlanNone || shape == PlanOld && !old:
		x.refuse(&refusal{http.StatusNotFound, "not_found", "404 page not found"})
	case shape == PlanDenied:
		var a remainsAnswer
		a.Base.Code, a.Base.Message = 1004, "login fail: Please carry the API secret key in the 'Authorization' field of the request header"
		x.answer(Refused, http.StatusOK, a)
	default:
		x.answer(Shown, http.StatusOK, s.remains(grant))
	}
}

func (s *Server) remains(id string) (a remainsAnswer) {
	now, l := s.opts.Now(), s.planOf(id)
	end, weekEnd := l.began.Add(planWindow), l.week.Add(planWeek)
	text := remains{
		Model: "general", Start: l.began.UnixMilli(), End: end.UnixMilli(), Left: end.Sub(now).Milliseconds(), Status: 1,
		WeekStart: l.week.UnixMilli(), WeekEnd: weekEnd.UnixMilli(), WeekRemaining: weekEnd.Sub(now).Milliseconds(), WeekStatus: 1,
	}
	text.Total, text.Count, text.Percent = s.opts.Plan.tell(l.limit(), l.used)
	text.WeekTotal, text.WeekCount, text.WeekPercent = s.opts.Plan.tell(l.weekly(), l.usedInAWeek)
	whole := 100
	video := remains{Model: "video", Percent: &whole, Status: 3, WeekPercent: &whole, WeekStatus: 3} // not in the plan
	a.Remains, a.Base.Message = []remains{text, video}, "success"
	return a
}

// tell writes a window in the shape.
func (p PlanShape) tell(total, used int) (all, count int, percent *int) {
	left := total - used
	share := left * 100 / total
	switch p {
	case PlanPercent, "":
		return 0, 0, &share
	case PlanUsed:
		return total, used, &share
	case PlanCounts:
		return total, left, nil
	default:
		return total, left, &share
	}
}

// tellCodex sets the headers in which ChatGPT's backend tells with every answer how
// much of a plan is used (openai/codex, codex-rs/codex-api/src/rate_limits.rs).
func (s *Server) tellCodex(h http.Header, id string) {
	now := s.opts.Now()
	_ = s.portal.withGrant(id, func(g *grant) {
		g.plan.at(now)
		for _, w := range []struct {
			name           string
			used, limit    int
			length, passed time.Duration
		}{
			{"Primary", g.plan.used, g.plan.limit(), planWindow, now.Sub(g.plan.began)},
			{"Secondary", g.plan.usedInAWeek, g.plan.weekly(), planWeek, now.Sub(g.plan.week)},
		} {
			h.Set("X-Codex-"+w.name+"-Used-Percent", strconv.Itoa(w.used*100/w.limit))
			h.Set("X-Codex-"+w.name+"-Window-Minutes", strconv.Itoa(int(w.length/time.Minute)))
			h.Set("X-Codex-"+w.name+"-Reset-At", strconv.FormatInt(now.Add(w.length-w.passed).Unix(), 10))
		}
	})
}
