package usage

import (
	"cmp"
	"net/http"
	"strings"
	"time"
)

// atCodex is ChatGPT's backend, or another one at base.
func atCodex(base string) []Endpoint {
	if before, _, ok := strings.Cut(base, "/backend-api"); ok {
		return []Endpoint{{URL: before + "/backend-api/wham/usage", Parse: Codex}}
	}
	return []Endpoint{{URL: strings.TrimRight(base, "/") + "/api/codex/usage", Parse: Codex}}
}

// Codex reads what ChatGPT tells at /backend-api/wham/usage
// (codex-rs/codex-api/src/rate_limits.rs and hermes-agent's
// agent/account_usage.py).
func Codex(body []byte, now time.Time) (Reading, error) {
	f, ok := read(body)
	if !ok {
		return Reading{}, ErrNotTold
	}
	r := Reading{At: now, Source: FromEndpoint, Plan: f.text("plan_type")}
	r.Windows = codexLimit(f.in("rate_limit"), "", now)
	r.Windows = append(r.Windows, codexLimit(f.in("code_review_rate_limit"), "code review", now)...)
	for _, more := range f.list("additional_rate_limits") {
		name := more.text("limit_name")
		if name == "" {
			name = more.text("metered_feature")
		}
		if name != "" {
			r.Windows = append(r.Windows, codexLimit(more.in("rate_limit"), name, now)...)
		}
	}
	if spend := f.in("spend_control").in("individual_limit"); spend != nil {
		r.Windows = append(r.Windows, codexSpend(spend, now)...)
	}
	if credits := f.in("credits"); credits.is("has_credits") || credits.is("unlimited") {
		if amount, ok := credits.number("balance"); ok || credits.is("unlimited") {
			r.Balances = append(r.Balances, Balance{Name: "credits", Amount: amount, Unlimited: credits.is("unlimited"), Told: now})
		}
	}
	r.Banked = banked(f.in("rate_limit_reset_credits"), "available_count")
	if r.Empty() {
		return Reading{}, ErrNotTold
	}
	return r, nil
}

func codexLimit(f fields, scope string, now time.Time) (found []Window) {
	for _, name := range []string{"primary_window", "secondary_window"} {
		window := f.in(name)
		used, ok := window.number("used_percent")
		seconds, _ := window.number("limit_window_seconds")
		if !ok || used < 0 || seconds <= 0 || seconds > 400*24*3600 {
			continue
		}
		length := time.Duration(seconds) * time.Second
		w := Window{Name: nameOf(length), Scope: scope, Length: length, Used: percent(used), Resets: window.moment("reset_at"), Told: now}
		if after, ok := window.number("reset_after_seconds"); ok && w.Resets.IsZero() && after > 0 && after <= seconds {
			w.Resets = now.Add(time.Duration(after) * time.Second)
		}
		found = append(found, w)
	}
	return found
}

func codexSpend(f fields, now time.Time) []Window {
	limit, limited := f.number("limit")
	used, counted := f.number("used")
	w := Window{Name: "spend", Scope: "spend", Resets: f.moment("reset_at"), Told: now}
	if limited && counted && limit > 0 && used >= 0 {
		w.Count, w.Limit, w.Used = &used, &limit, share(used, limit)
	}
	if left, ok := f.number("remaining_percent"); ok && left >= 0 {
		w.Used = percent(100 - left)
	}
	if w.Used == nil {
		return nil
	}
	return []Window{w}
}

// codexHeaders reads what stands beside every answer of /responses. An answer
// that was limited by another family than the plan's own names it in
// x-codex-active-limit.
func codexHeaders(h http.Header, now time.Time) Reading {
	r := Reading{At: now, Source: FromHeader, Plan: h.Get("X-Codex-Plan-Type")}
	r.Windows = codexFamily(h, "codex", "", now)
	// An id such as codex_spark stands in the names of headers as codex-spark.
	family := strings.ReplaceAll(strings.ToLower(h.Get("X-Codex-Active-Limit")), "_", "-")
	if family != "" && family != "codex" && family != "primary" && family != "secondary" {
		scope := cmp.Or(h.Get("X-"+family+"-Limit-Name"), family) // as the endpoint calls it
		r.Windows = append(r.Windows, codexFamily(h, family, scope, now)...)
	}
	if yes(h.Get("X-Codex-Credits-Has-Credits")) || yes(h.Get("X-Codex-Credits-Unlimited")) {
		unlimited := yes(h.Get("X-Codex-Credits-Unlimited"))
		if amount, ok := numberIn(h.Get("X-Codex-Credits-Balance")); ok || unlimited {
			r.Balances = append(r.Balances, Balance{Name: "credits", Amount: amount, Unlimited: unlimited, Told: now})
		}
	}
	return r
}

func codexFamily(h http.Header, family, scope string, now time.Time) (found []Window) {
	for _, which := range []string{"primary", "secondary"} {
		prefix := "X-" + family + "-" + which + "-"
		used, ok := numberIn(h.Get(prefix + "Used-Percent"))
		minutes, _ := numberIn(h.Get(prefix + "Window-Minutes"))
		if !ok || used < 0 || minutes <= 0 || minutes > 400*24*60 { // 0 minutes stand where there is no window
			continue
		}
		length := time.Duration(minutes) * time.Minute
		w := Window{Name: nameOf(length), Scope: scope, Length: length, Used: percent(used), Told: now}
		if n, ok := numberIn(h.Get(prefix + "Reset-At")); ok {
			w.Resets = byOurClock(h, moment(n), now)
		} else if n, ok := numberIn(h.Get(prefix + "Reset-After-Seconds")); ok && n > 0 && n <= minutes*60 {
			w.Resets = now.Add(time.Duration(n) * time.Second)
		}
		found = append(found, w)
	}
	return found
}

func yes(s string) bool { return strings.EqualFold(s, "true") || s == "1" }
