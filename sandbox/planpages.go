package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What is left of a plan, as providers beside MiniMax tell it.

// planOf is what an account's grant has used by now.
func (s *Server) planOf(id string) (l plan) {
	now := s.opts.Now()
	_ = s.portal.withGrant(id, func(g *grant) {
		g.plan.at(now)
		l = g.plan
	})
	return l
}

// showPlanAs answers for a plan in the shape of a provider's.
func showPlanAs(s *Server, shape func(plan, time.Time) fields) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(w, r, KindPlan)
		grant, bad := s.bearer(r)
		x.event.Grant = grant
		switch {
		case bad != nil:
			x.deny(Refused, bad)
		case s.opts.Plan == PlanNone:
			x.refuse(&refusal{http.StatusNotFound, "not_found", "404 page not found"})
		default:
			x.answer(Shown, http.StatusOK, shape(s.planOf(grant), s.opts.Now()))
		}
	}
}

// kimiPlan is GET /coding/v1/usages: the week in usage, five hours in limits, numbers
// as strings (kimi-cli, src/kimi_cli/ui/shell/usage.py).
func kimiPlan(l plan, _ time.Time) fields {
	detail := func(used, limit int, ends time.Time) fields {
		return fields{"limit": strconv.Itoa(limit), "used": strconv.Itoa(used), "remaining": strconv.Itoa(limit - used), "resetTime": ends.UTC().Format(time.RFC3339Nano)}
	}
	return fields{
		"usage": detail(l.usedInAWeek, l.weekly(), l.week.Add(planWeek)),
		"limits": []fields{{
			"window": fields{"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"},
			"detail": detail(l.used, l.limit(), l.began.Add(planWindow)),
		}},
	}
}

// nousMonth is what Nous gives for a month, in dollars.
const nousMonth = 20.0

// nousLeft is what of it is left: as much as of the week here.
func (l plan) nousLeft() float64 {
	return nousMonth * float64(l.weekly()-l.usedInAWeek) / float64(l.weekly())
}

// nousPlan is GET /api/oauth/account of Nous's portal (hermes-agent,
// hermes_cli/nous_account.py).
func nousPlan(l plan, _ time.Time) fields {
	left := l.nousLeft()
	return fields{
		"subscription": fields{
			"plan": "Hermes", "tier": "plus", "monthly_charge": 20, "monthly_credits": nousMonth,
			"current_period_end": l.week.Add(planWeek).UTC().Format(time.RFC3339), "credits_remaining": left, "rollover_credits": 0,
		},
		"paid_service_access": fields{
			"allowed": left > 0, "paid_access": left > 0, "reason": nil, "has_active_subscription": true,
			"subscription_credits_remaining": left, "purchased_credits_remaining": 0, "total_usable_credits": left,
		},
	}
}

// showBalance is GET /account/query_balance of MiniMax, for keys that pay for each request.
func showBalance(s *Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(w, r, KindPlan)
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer sk-api-sandbox-") {
			x.answer(Refused, http.StatusOK, fields{"base_resp": fields{"status_code": 1004, "status_msg": "login fail"}})
			return
		}
		x.answer(Shown, http.StatusOK, fields{
			"available_amount": "12.50", "cash_balance": "10.00", "voucher_balance": "2.50", "credit_balance": "0", "owed_amount": "0",
			"base_resp": fields{"status_code": 0, "status_msg": "success"},
		})
	}
}

// showBill is GET /v1/billing of xAI's Grok CLI, which has to be named. With
// [PlanDenied] it takes the tokens of no other client.
func showBill(s *Server) http.HandlerFunc {
	show := showPlanAs(s, xaiPlan)
	return func(w http.ResponseWriter, r *http.Request) {
		if s.opts.Plan != PlanDenied && r.Header.Get("X-Xai-Token-Auth") == "xai-grok-cli" && r.URL.Query().Get("format") == "credits" {
			show(w, r)
			return
		}
		x := s.begin(w, r, KindPlan)
		x.refuse(&refusal{http.StatusForbidden, "permission-denied", "this page is for the Grok CLI"})
	}
}

// xaiPlan is what it tells: a week's credits in percent, which is left out when it is
// nought (steipete/CodexBar, Sources/CodexBarCore/Providers/Grok).
func xaiPlan(l plan, _ time.Time) fields {
	begins, ends := l.week.UTC().Format(time.RFC3339), l.week.Add(planWeek).UTC().Format(time.RFC3339)
	config := fields{
		"subscriptionTier": "SuperGrok", "currentPeriod": fields{"type": "USAGE_PERIOD_TYPE_WEEKLY", "start": begins, "end": ends},
		"billingPeriodStart": begins, "billingPeriodEnd": ends, "onDemandCap": fields{"val": 0},
	}
	if l.usedInAWeek > 0 {
		config["creditUsagePercent"] = float64(l.usedInAWeek) * 100 / float64(l.weekly())
	}
	return fields{"config": config}
}

// codexPlan is GET /backend-api/wham/usage of ChatGPT (codex-rs/codex-api/src/rate_limits.rs).
func codexPlan(l plan, now time.Time) fields {
	window := func(used, limit int, length time.Duration, began time.Time) fields {
		return fields{
			"used_percent": used * 100 / limit, "limit_window_seconds": seconds(length),
			"reset_at": began.Add(length).Unix(), "reset_after_seconds": seconds(began.Add(length).Sub(now)),
		}
	}
	return fields{
		"plan_type": "plus",
		"rate_limit": fields{
			"primary_window":   window(l.used, l.limit(), planWindow, l.began),
			"secondary_window": window(l.usedInAWeek, l.weekly(), planWeek, l.week),
		},
		"credits":                  fields{"has_credits": false, "unlimited": false, "balance": "0"},
		"rate_limit_reset_credits": fields{"available_count": planResets - len(l.redeemed)},
	}
}

// tells sets the headers in which a provider's API tells with an answer what is left: Nous
// in millionths of a dollar (hermes-agent, agent/credits_tracker.py), xAI how many requests
// of a minute.
func (q *asked) tells() {
	h := q.w.Header()
	switch {
	case q.at == codexDialect:
		q.s.tellCodex(h, q.account)
	case q.speaks == nousDialect:
		micros := func(dollars float64) string { return strconv.Itoa(int(dollars * 1e6)) }
		left := q.s.planOf(q.account).nousLeft()
		for name, value := range map[string]string{
			"Version": "1", "Remaining-Micros": micros(left), "Subscription-Micros": micros(left), "Subscription-Limit-Micros": micros(nousMonth),
			"Rollover-Micros": "0", "Purchased-Micros": "0", "Paid-Access": strconv.FormatBool(left > 0), "Denominator-Kind": "subscription_cap",
			"As-Of-Ms": strconv.FormatInt(q.s.opts.Now().UnixMilli(), 10),
		} {
			h.Set("X-Nous-Credits-"+name, value)
		}
	case q.speaks == xaiDialect:
		for name, value := range map[string]string{"Limit-Requests": "60", "Remaining-Requests": "59", "Limit-Tokens": "100000", "Remaining-Tokens": "99000"} {
			h.Set("X-Ratelimit-"+name, value)
		}
	}
}
