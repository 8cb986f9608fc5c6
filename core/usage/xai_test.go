package usage

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestXAI(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	begins, ends := at(-96*time.Hour), at(72*time.Hour)
	week := fmt.Sprintf(`"currentPeriod":{"type":"USAGE_PERIOD_TYPE_WEEKLY","start":%q,"end":%q}`, begins, ends)
	bill := fmt.Sprintf(`"billingPeriodStart":%q,"billingPeriodEnd":%q`, begins, ends)
	for name, c := range map[string]struct {
		config string
		want   []string
	}{
		"a week":                                {week + `,` + bill + `,"creditUsagePercent":42.5,"subscriptionTier":"SuperGrok"`, []string{"week 42.5% in 72h0m0s"}},
		"the percent as a string":               {week + `,"creditUsagePercent":"42.5"`, []string{"week 42.5% in 72h0m0s"}},
		"more than all":                         {week + `,"creditUsagePercent":130`, []string{"week 100% in 72h0m0s"}},
		"a percent, and who knows of what":      {`"creditUsagePercent":7`, []string{"credits 7%"}},
		"its end is the bill's":                 {`"creditUsagePercent":7,` + bill, []string{"credits 7% in 72h0m0s"}},
		"no start":                              {fmt.Sprintf(`"creditUsagePercent":7,"currentPeriod":{"type":"USAGE_PERIOD_TYPE_MONTHLY","end":%q}`, ends), []string{"month 7% in 72h0m0s"}},
		"an end before its start":               {fmt.Sprintf(`"creditUsagePercent":7,"currentPeriod":{"start":%q,"end":%q}`, ends, begins), []string{"credits 7% in -96h0m0s"}},
		"nothing is used, so it is left out":    {week + `,` + bill, []string{"week 0% in 72h0m0s"}},
		"a cap of nought beside it":             {week + `,` + bill + `,"onDemandCap":{"val":0}`, []string{"week 0% in 72h0m0s"}},
		"left out, of a period without a type":  {fmt.Sprintf(`"currentPeriod":{"end":%q}`, ends), []string{"credits in 72h0m0s"}},
		"left out, of a period that is no bill": {week, []string{"week in 72h0m0s"}},
		"left out, of a month": {
			fmt.Sprintf(`"currentPeriod":{"type":"USAGE_PERIOD_TYPE_MONTHLY","start":%q,"end":%q},`, begins, ends) + bill,
			[]string{"week in 72h0m0s"},
		},
		"left out, of a plan that bills all together": {week + `,` + bill + `,"isUnifiedBillingUser":true`, []string{"week in 72h0m0s"}},
		"left out, and used elsewhere":                {week + `,` + bill + `,"onDemandUsed":{"val":3}`, []string{"week in 72h0m0s"}},
		"left out, where noughts are written":         {week + `,` + bill + `,"used":{"val":0}`, []string{"week in 72h0m0s"}},
		"no number":                                   {week + `,` + bill + `,"creditUsagePercent":null`, []string{"week in 72h0m0s"}},
		"less than nothing":                           {week + `,` + bill + `,"creditUsagePercent":-1`, []string{"week in 72h0m0s"}},
		"no finite number":                            {week + `,` + bill + `,"creditUsagePercent":"NaN"`, []string{"week in 72h0m0s"}},
		"an amount and its limit":                     {`"monthlyLimit":{"val":2000},"used":{"val":"500"},` + bill, []string{"month 25% in 72h0m0s"}},
		"a limit of nothing":                          {`"monthlyLimit":{"val":0},"used":{"val":5},` + bill, []string{"credits in 72h0m0s"}},
		"on demand":                                   {week + `,"creditUsagePercent":100,"onDemandCap":{"val":5000},"onDemandUsed":{"val":1250},` + bill, []string{"week 100% in 72h0m0s", "on demand on demand 25% in 72h0m0s"}},
		"a plan's name alone":                         {`"subscriptionTier":"Free"`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, body := range []string{`{"config":{` + c.config + `}}`, `{` + c.config + `}`} {
				r, err := XAI([]byte(body), now)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, said(r)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	for _, body := range []string{``, `null`, `{}`, `[]`, `{"config":{}}`, `{"config":{"currentPeriod":{"type":"USAGE_PERIOD_TYPE_WEEKLY"}}}`, `{"config":{"creditUsagePercent":{}}}`, `{"error":"forbidden"}`, `<html>`} {
		if r, err := XAI([]byte(body), now); !errors.Is(err, ErrNotTold) {
			t.Errorf("%s: %v, %v", body, said(r), err)
		}
	}
}

// TestXAI_OnDemandIsNoPartOfThePlan: what may be bought beyond it does not make an account
// one that has little left.
func TestXAI_OnDemandIsNoPartOfThePlan(t *testing.T) {
	r, err := XAI([]byte(`{"creditUsagePercent":10,"onDemandCap":{"val":100},"onDemandUsed":{"val":100}}`), now)
	if left, ok := r.Left("", now); err != nil || !ok || left != 90 {
		t.Errorf("%v is left, %v, %v", left, ok, err)
	}
}

func TestTeller_XAI(t *testing.T) {
	const page = "https://cli-chat-proxy.grok.com/v1/billing?format=credits"
	got := XAITells.Endpoints(page)
	if len(got) != 1 || got[0].URL != page || got[0].Header["X-Xai-Token-Auth"] != "xai-grok-cli" {
		t.Errorf("%+v", got)
	}
	if got := XAITells.Endpoints(""); len(got) != 0 || !XAITells.OnPage() || NousTells.OnPage() || XAITells.AtIssuer() {
		t.Errorf("a sign-in without the page is asked about: %+v", got)
	}
}
