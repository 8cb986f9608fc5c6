package usage

import (
	"cmp"
	"strings"
	"time"
)

// atXAI is the billing page of xAI's Grok CLI, which wants to be named.
func atXAI(page string) []Endpoint {
	if page == "" {
		return nil
	}
	return []Endpoint{{URL: page, Header: map[string]string{"X-Xai-Token-Auth": "xai-grok-cli"}, Parse: XAI}}
}

// XAI reads what xAI tells at /v1/billing?format=credits of the Grok CLI's server
// (steipete/CodexBar, Sources/CodexBarCore/Providers/Grok): how much of a period's credits
// is used, in percent; of some plans an amount and its limit in its place; and what was
// bought beyond it on demand.
func XAI(body []byte, now time.Time) (Reading, error) {
	f, ok := read(body)
	if !ok {
		return Reading{}, ErrNotTold
	}
	if config := f.in("config"); config != nil {
		f = config
	}
	r := Reading{At: now, Source: FromEndpoint, Plan: f.text("subscriptionTier")}
	r.Windows = append(xaiPeriod(f, now), xaiOnDemand(f, now)...)
	if r.Empty() {
		return Reading{}, ErrNotTold
	}
	return r, nil
}

// xaiPeriod is the plan's own window. Without a percent that can be relied on it is one of
// which only the end is known.
func xaiPeriod(f fields, now time.Time) []Window {
	period := f.in("currentPeriod")
	length := xaiLength(period)
	w := Window{Name: cmp.Or(nameOf(length), "credits"), Length: length, Resets: period.moment("end"), Told: now}
	if w.Resets.IsZero() {
		w.Resets = f.moment("billingPeriodEnd")
	}
	limit, limited := f.in("monthlyLimit").number("val")
	used, told := f.in("used").number("val")
	switch n, ok := f.number("creditUsagePercent"); {
	case ok && n >= 0:
		w.Used = percent(n)
	case limited && told && share(used, limit) != nil:
		w.Used = share(used, limit)
		if length == 0 {
			w.Name, w.Length = "month", 30*24*time.Hour
		}
	case xaiUnused(f, period):
		w.Used = percent(0)
	case w.Resets.IsZero():
		return nil
	}
	return []Window{w}
}

// xaiUnused reports whether a percent that is not there means that nothing is used: the
// page leaves out what is nought. Some plans leave it out whatever is used; those bill all
// of xAI's products together, have a period that is no week or not that of the bill, or say
// what is used in another field.
func xaiUnused(f, period fields) bool {
	if _, there := f["creditUsagePercent"]; there || f.is("isUnifiedBillingUser") || !strings.HasSuffix(period.text("type"), "_WEEKLY") {
		return false
	}
	for _, name := range []string{"used", "monthlyLimit", "onDemandUsed", "prepaidBalance"} {
		if _, told := f.in(name).number("val"); told {
			return false
		}
	}
	start, end := period.moment("start"), period.moment("end")
	return !start.IsZero() && !end.IsZero() && start.Equal(f.moment("billingPeriodStart")) && end.Equal(f.moment("billingPeriodEnd"))
}

// xaiLength is how long a period is; zero where nobody can say.
func xaiLength(period fields) time.Duration {
	start, end := period.moment("start"), period.moment("end")
	if length := end.Sub(start); !start.IsZero() && length > 0 && length <= LongestWindow {
		return length
	}
	switch kind := period.text("type"); {
	case strings.HasSuffix(kind, "_WEEKLY"):
		return 7 * 24 * time.Hour
	case strings.HasSuffix(kind, "_MONTHLY"):
		return 30 * 24 * time.Hour
	}
	return 0
}

// xaiOnDemand is what may be bought beyond the plan, where anything may.
func xaiOnDemand(f fields, now time.Time) []Window {
	limit, limited := f.in("onDemandCap").number("val")
	used, told := f.in("onDemandUsed").number("val")
	if !limited || !told || share(used, limit) == nil {
		return nil
	}
	return []Window{{Name: "on demand", Scope: "on demand", Used: share(used, limit), Resets: f.moment("billingPeriodEnd"), Told: now}}
}
