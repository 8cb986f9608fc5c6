package usage

import (
	"math"
	"time"
)

// atMiniMax is the address of today, then the older one.
func atMiniMax(base string) []Endpoint {
	return below(base, MiniMax, "/v1/token_plan/remains", "/v1/api/openplatform/coding_plan/remains")
}

// Balances returns where to ask for the balance of a key that pays for each request and
// has no plan, at the server that base is on.
func (t Teller) Balances(base string) []Endpoint {
	if t != MiniMaxTells {
		return nil
	}
	return below(base, miniMaxBalance, "/account/query_balance")
}

// miniMaxBalance reads what MiniMax tells there (mmx-cli 1.0.27). In which currency it
// does not say.
func miniMaxBalance(body []byte, now time.Time) (Reading, error) {
	f, ok := read(body)
	if code, told := f.in("base_resp").number("status_code"); !ok || told && code != 0 {
		return Reading{}, ErrNotTold
	}
	left, told := f.number("available_amount")
	if !told {
		return Reading{}, ErrNotTold
	}
	return Reading{At: now, Source: FromEndpoint, Balances: []Balance{{Name: "balance", Amount: left, Told: now}}}, nil
}

// MiniMax reads what MiniMax tells at /v1/token_plan/remains (mmx-cli 1.0.27,
// MiniMax's own program, and its older address coding_plan/remains).
//
// What is odd there: fields called usage_count hold, in most answers, what
// remains; which of both it is shows only beside the percentage. Token plans send
// counts of 0 and only the percentage. An error comes with status 200.
func MiniMax(body []byte, now time.Time) (Reading, error) {
	f, ok := read(body)
	if inner := f.in("data"); inner != nil && f.list("model_remains") == nil {
		if _, has := inner["base_resp"]; !has {
			inner["base_resp"] = f["base_resp"]
		}
		f = inner
	}
	if code, told := f.in("base_resp").number("status_code"); !ok || told && code != 0 {
		return Reading{}, ErrNotTold
	}
	r := Reading{At: now, Source: FromEndpoint, Plan: f.text("current_subscribe_title")}
	for _, bucket := range f.list("model_remains") {
		r.Windows = append(r.Windows, miniMaxWindows(bucket, now)...)
	}
	if points, ok := f.number("points_balance"); ok && points >= 0 {
		r.Balances = append(r.Balances, Balance{Name: "points", Amount: points, Told: now})
	}
	if r.Empty() {
		return Reading{}, ErrNotTold
	}
	return r, nil
}

// Of a window that is not part of the plan; where only the weekly one says so,
// there is no weekly limit.
const miniMaxNone = 3

func miniMaxWindows(f fields, now time.Time) (found []Window) {
	scope := f.text("model_name")
	if scope == "general" { // what all text models share
		scope = ""
	}
	interval := miniMaxWindow(f, "current_interval_", f.moment("start_time"), f.moment("end_time"), "remains_time", now)
	weekly := miniMaxWindow(f, "current_weekly_", f.moment("weekly_start_time"), f.moment("weekly_end_time"), "weekly_remains_time", now)
	if boost, ok := f.number("weekly_boost_permille"); ok && boost > 0 && weekly.Used != nil {
		weekly.Used = percent(100 - (100-*weekly.Used)*boost/1000)
	}
	if weekly.Length == 0 {
		weekly.Length, weekly.Name = 7*24*time.Hour, "week"
	}
	intervalState, _ := f.number("current_interval_status")
	weeklyState, _ := f.number("current_weekly_status")
	if intervalState != miniMaxNone && interval.Used != nil {
		found = append(found, interval)
	}
	if weeklyState != miniMaxNone && weekly.Used != nil {
		found = append(found, weekly)
	}
	for i := range found {
		found[i].Scope = scope
	}
	return found
}

func miniMaxWindow(f fields, prefix string, from, to time.Time, left string, now time.Time) Window {
	w := Window{Told: now}
	if to.After(now) {
		w.Resets = to
	} else if ms, ok := f.number(left); ok && ms > 0 && ms < 400*24*3600*1000 {
		w.Resets = now.Add(time.Duration(ms) * time.Millisecond)
	}
	if length := to.Sub(from); !from.IsZero() && length > 0 {
		w.Length, w.Name = length, nameOf(length)
	} else {
		w.Name = "plan"
	}
	total, _ := f.number(prefix + "total_count")
	count, counted := f.number(prefix + "usage_count")
	remaining, told := f.number(prefix + "remaining_percent")
	if told && remaining >= 0 {
		w.Used = percent(100 - remaining)
	} else {
		told = false
	}
	if !counted || total <= 0 || count < 0 || count > total {
		return w
	}
	used := total - count // what it is called is not what it is
	switch share := count / total * 100; {
	case !told, math.Abs(share-remaining) <= 1:
	case math.Abs(100-share-remaining) <= 1:
		used = count
	default:
		return w
	}
	w.Count, w.Limit, w.Unit = &used, &total, "requests"
	if w.Used == nil {
		w.Used = percent(used / total * 100)
	}
	return w
}
