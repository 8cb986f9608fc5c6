package usage

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// acme tells of a plan in fields of its own.
func acme() *Described {
	return &Described{
		URL: "https://api.acme.example/usage", Plan: "data.plan", Balance: "data.left", Unit: "USD",
		Windows: []DescribedWindow{
			{Length: 5 * time.Hour, Used: "data.used", Limit: "data.limit", ResetsAt: "data.reset"},
			{Length: 7 * 24 * time.Hour, Model: "acme-1", RemainingPercent: "limits.0.left", ResetsIn: "limits.0.in"},
		},
	}
}

// TestDescribed: each trap of an answer that nobody here has seen: what is not told is
// no number.
func TestDescribed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"all of it": {
			fmt.Sprintf(`{"data":{"plan":"Pro","used":25,"limit":100,"reset":%d,"left":3.5},"limits":[{"left":40,"in":3600}]}`, now.Add(time.Hour).Unix()),
			[]string{"5h 25% 25/100 in 1h0m0s", "acme-1 week 60% in 1h0m0s", "credits 3.5 USD"},
		},
		"numbers in strings":             {`{"data":{"used":"25","limit":"100"}}`, []string{"5h 25% 25/100"}},
		"a date":                         {`{"data":{"used":25,"limit":100,"reset":"` + now.Add(2*time.Hour).Format(time.RFC3339) + `"}}`, []string{"5h 25% 25/100 in 2h0m0s"}},
		"milliseconds":                   {fmt.Sprintf(`{"data":{"used":25,"limit":100,"reset":%d}}`, ms(time.Hour)), []string{"5h 25% 25/100 in 1h0m0s"}},
		"a time that is none":            {`{"data":{"used":25,"limit":100,"reset":"soon"}}`, []string{"5h 25% 25/100"}},
		"seconds that are none":          {`{"limits":[{"left":40,"in":-5}]}`, []string{"acme-1 week 60%"}},
		"seconds of centuries":           {`{"limits":[{"left":40,"in":1e12}]}`, []string{"acme-1 week 60%"}},
		"more used than there is":        {`{"data":{"used":250,"limit":100}}`, []string{"5h 100% 250/100"}},
		"a limit of nothing":             {`{"data":{"used":0,"limit":0,"left":0}}`, []string{"credits 0 USD"}},
		"no limit":                       {`{"data":{"used":25,"left":1}}`, []string{"credits 1 USD"}},
		"a limit that is null":           {`{"data":{"used":25,"limit":null,"left":1}}`, []string{"credits 1 USD"}},
		"less than nothing":              {`{"data":{"used":-1,"limit":100},"limits":[{"left":-1}]}`, nil},
		"no number":                      {`{"data":{"used":"many","limit":"NaN","left":"Infinity"},"limits":[{"left":true}]}`, nil},
		"another kind on the way":        {`{"data":[1,2],"limits":{"0":{"left":40}}}`, []string{"acme-1 week 60%"}},
		"a list that is too short":       {`{"limits":[]}`, nil},
		"an object in a number's place":  {`{"data":{"used":{"n":1},"limit":100}}`, nil},
		"a page":                         {`<html>`, nil},
		"nothing":                        {``, nil},
		"null":                           {`null`, nil},
		"a list where an object belongs": {`[{"data":{"used":1,"limit":2}}]`, nil},
	} {
		r, err := acme().parse([]byte(c.body), now)
		if (err == nil) != (c.want != nil) || err != nil && !errors.Is(err, ErrNotTold) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, said(r)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, c := range map[string]struct {
		window DescribedWindow
		body   string
		want   []string
	}{
		"what remains of a limit":         {DescribedWindow{Remaining: "left", Limit: "all"}, `{"left":75,"all":100}`, []string{"plan 25% 25/100"}},
		"more remains than there is":      {DescribedWindow{Remaining: "left", Limit: "all"}, `{"left":175,"all":100}`, nil},
		"such counts beside a percentage": {DescribedWindow{Remaining: "left", Limit: "all", UsedPercent: "p"}, `{"left":175,"all":100,"p":3}`, []string{"plan 3%"}},
		"used goes before what remains":   {DescribedWindow{Used: "used", Remaining: "left", Limit: "all"}, `{"used":30,"left":75,"all":100}`, []string{"plan 30% 30/100"}},
		"a percentage goes before counts": {DescribedWindow{Used: "used", Limit: "all", UsedPercent: "p"}, `{"used":30,"all":100,"p":31}`, []string{"plan 31% 30/100"}},
		"a percentage beyond all":         {DescribedWindow{UsedPercent: "p"}, `{"p":1e300}`, []string{"plan 100%"}},
		"a name with a dot in no path":    {DescribedWindow{UsedPercent: "a.b"}, `{"a.b":5}`, nil},
	} {
		r, _ := (&Described{Windows: []DescribedWindow{c.window}}).parse([]byte(c.body), now)
		if diff := cmp.Diff(c.want, said(r)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestKimi: what kimi-cli reads, and what it would make up a number of.
func TestKimi(t *testing.T) {
	t.Parallel()
	reset := now.Add(3 * time.Hour).Format(time.RFC3339Nano)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"week and five hours, in strings": {
			`{"usage":{"limit":"100","used":"22","remaining":"78","resetTime":"` + reset + `"},"limits":[{"window":{"duration":300,"timeUnit":"TIME_UNIT_MINUTE"},"detail":{"limit":"50","remaining":"20","resetTime":"` + reset + `"}}]}`,
			[]string{"week 22% 22/100 in 3h0m0s", "5h 60% 30/50 in 3h0m0s"},
		},
		"a limit without detail":       {`{"limits":[{"window":{"duration":1,"timeUnit":"TIME_UNIT_DAY"},"limit":10,"used":1}]}`, []string{"day 10% 1/10"}},
		"a unit that nobody knows":     {`{"usage":{"limit":10,"used":1},"limits":[{"window":{"duration":5,"timeUnit":"TIME_UNIT_FORTNIGHT"},"detail":{"limit":10,"used":1}}]}`, []string{"week 10% 1/10"}},
		"a limit of nothing":           {`{"usage":{"limit":0,"used":0}}`, nil},
		"more remains than there is":   {`{"usage":{"limit":10,"remaining":20}}`, nil},
		"used, and no limit":           {`{"usage":{"used":5}}`, nil},
		"a window of no length":        {`{"limits":[{"window":{"duration":0,"timeUnit":"TIME_UNIT_HOUR"},"detail":{"limit":10,"used":1}}]}`, nil},
		"another kind in each place":   {`{"usage":[],"limits":{"a":1}}`, nil},
		"an error":                     {`{"error":{"message":"no"}}`, nil},
		"a name that is no window's":   {`{"usage":{"name":"x"},"limits":[7,null]}`, nil},
		"a reset that has passed long": {`{"usage":{"limit":10,"used":1,"resetTime":"0001-01-01T00:00:00Z"}}`, []string{"week 10% 1/10"}},
	} {
		r, err := Kimi([]byte(c.body), now)
		if (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, said(r)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestReading_PaidAccessIsSomething: an answer that tells nothing but paid access tells
// something, and takes back what was said before.
func TestReading_PaidAccessIsSomething(t *testing.T) {
	t.Parallel()
	r := Reading{At: now, Source: FromHeader, Paid: true}
	if r.Empty() {
		t.Fatal("nothing was told")
	}
	blocked := Known{Reading: Reading{At: now.Add(-2 * time.Hour), Source: FromHeader, Blocked: "no paid access"}}
	after := blocked.with(r).Reading
	if after.BlockedAt(now) != "" {
		t.Error("still blocked")
	}
	if words, ok := after.ToppedUp(now.Add(-time.Hour), now); !ok || words != "paid access" {
		t.Errorf("topped up: %q, %v", words, ok)
	}
}
