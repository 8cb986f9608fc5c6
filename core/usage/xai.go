package usage

import "time"

// XAI reads what the Grok CLI's proxy tells at /v1/billing?format=credits
// (steipete/CodexBar). A percentage that is absent beside a period and a plan
// means that nothing is used; without a plan it means nothing.
func XAI(body []byte, now time.Time) (Reading, error) {
	f, ok := read(body)
	config := f.in("config")
	if !ok || config == nil {
		return Reading{}, ErrNotTold
	}
	r := Reading{At: now, Source: FromEndpoint, Plan: config.text("subscriptionTier")}
	resets := config.in("currentPeriod").moment("end")
	if resets.IsZero() {
		resets = config.moment("billingPeriodEnd")
	}
	used, told := config.number("creditUsagePercent")
	if told && used >= 0 || !told && !resets.IsZero() && r.Plan != "" {
		r.Windows = append(r.Windows, Window{Name: "month", Length: 30 * 24 * time.Hour, Used: percent(used), Resets: resets, Told: now})
	}
	most, capped := config.in("onDemandCap").number("val")
	spent, _ := config.in("onDemandUsed").number("val")
	if capped && most > 0 && spent >= 0 {
		r.Windows = append(r.Windows, Window{Name: "on demand", Scope: "on demand", Count: &spent, Limit: &most, Used: share(spent, most), Resets: resets, Told: now})
	}
	if r.Empty() {
		return Reading{}, ErrNotTold
	}
	return r, nil
}
