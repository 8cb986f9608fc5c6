package usage

import (
	"net/http"
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
