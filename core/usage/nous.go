package usage

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"time"
)

// nousWindow is the month's gauge. Credits that rolled over from the month before
// can be more than the month has: then there is no gauge to show.
func nousWindow(left, month float64, resets, now time.Time) []Window {
	if month <= 0 || left > month {
		return nil
	}
	used := min(month-left, month)
	return []Window{{Name: "month", Length: 30 * 24 * time.Hour, Count: &used, Limit: &month, Unit: "USD", Used: share(used, month), Resets: resets, Told: now}}
}

// nousHeaders reads what stands beside the answers of Nous's inference
// (hermes-agent, agent/credits_tracker.py): millionths of a dollar. Used up is
// what is said to have no paid access, not what has nothing left.
func nousHeaders(h http.Header, now time.Time) Reading {
	r := Reading{At: now, Source: FromHeader}
	if h.Get("X-Nous-Credits-Version") != "1" {
		return r
	}
	micros := func(name string) (float64, bool) {
		n, ok := numberIn(h.Get("X-Nous-Credits-" + name + "-Micros"))
		return n / 1e6, ok
	}
	left, told := micros("Remaining")
	if told {
		r.Balances = append(r.Balances, Balance{Name: "credits", Amount: left, Currency: "USD", Told: now})
	}
	month, limited := micros("Subscription-Limit")
	subscription, has := micros("Subscription")
	if limited && has && h.Get("X-Nous-Credits-Denominator-Kind") != "none" {
		r.Windows = nousWindow(subscription, month, time.Time{}, now)
	}
	if access := h.Get("X-Nous-Credits-Paid-Access"); access != "" {
		if r.Paid = yes(access); !r.Paid {
			r.Blocked = "no paid access"
		}
	}
	return r
}

// atNous is beside the token endpoint of the portal that issued the token.
func atNous(issuer string) []Endpoint { return below(issuer, Nous, "/api/oauth/account") }

// Nous reads what Nous's portal tells at /api/oauth/account (hermes-agent,
// hermes_cli/nous_account.py): dollars, some of which may be NaN, which is no JSON. Used
// up is what is said to have no paid access, not what has nothing left.
func Nous(body []byte, now time.Time) (Reading, error) {
	f, ok := read(finite(body))
	if !ok {
		return Reading{}, ErrNotTold
	}
	plan, access := f.in("subscription"), f.in("paid_service_access")
	r := Reading{At: now, Source: FromEndpoint, Plan: cmp.Or(plan.text("plan"), plan.text("tier"))}
	left, told := plan.number("credits_remaining")
	if !told {
		left, told = access.number("subscription_credits_remaining")
	}
	if month, limited := plan.number("monthly_credits"); told && limited {
		r.Windows = nousWindow(left, month, plan.moment("current_period_end"), now)
	}
	if total, ok := access.number("total_usable_credits"); ok {
		r.Balances = append(r.Balances, Balance{Name: "credits", Amount: total, Currency: "USD", Told: now})
	}
	if paid, told := access.flag("paid_access"); told {
		if r.Paid = paid; !paid {
			r.Blocked = "no paid access"
		}
	}
	if r.Empty() {
		return Reading{}, ErrNotTold
	}
	return r, nil
}

// notFinite are the numbers that Python writes and JSON has not.
var notFinite = [][]byte{[]byte("NaN"), []byte("-Infinity"), []byte("Infinity")}

// finite writes null in the place of numbers that are none.
func finite(body []byte) []byte {
	out, quoted := make([]byte, 0, len(body)), false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\' && i+1 < len(body):
			out = append(out, c, body[i+1])
			i++
			continue
		case c == '"':
			quoted = !quoted
		case !quoted:
			if n := slices.IndexFunc(notFinite, func(word []byte) bool { return bytes.HasPrefix(body[i:], word) }); n >= 0 {
				out = append(out, "null"...)
				i += len(notFinite[n]) - 1
				continue
			}
		}
		out = append(out, body[i])
	}
	return out
}
