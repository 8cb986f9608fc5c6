package usage

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNous(t *testing.T) {
	t.Parallel()
	ends := now.Add(72 * time.Hour).Format(time.RFC3339)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"a month": {
			`{"subscription":{"plan":"Hermes","monthly_credits":20,"credits_remaining":15.5,"rollover_credits":0,"current_period_end":"` + ends + `"},"paid_service_access":{"paid_access":true,"total_usable_credits":18.5}}`,
			[]string{"month 22.5% 4.5/20 in 72h0m0s", "credits 18.5 USD"},
		},
		"what rolled over is more than the month has": {
			`{"subscription":{"monthly_credits":20,"credits_remaining":25},"paid_service_access":{"paid_access":true,"total_usable_credits":25}}`,
			[]string{"credits 25 USD"},
		},
		"numbers that are none": {
			`{"subscription":{"plan":"NaN \"Infinity","monthly_credits":NaN,"credits_remaining":-Infinity},"paid_service_access":{"subscription_credits_remaining":Infinity,"total_usable_credits":3.1}}`,
			[]string{"credits 3.1 USD"},
		},
		"nothing is left, and yet it serves":       {`{"subscription":{"monthly_credits":20,"credits_remaining":0},"paid_service_access":{"paid_access":true}}`, []string{"month 100% 20/20"}},
		"something is left, and yet it serves not": {`{"paid_service_access":{"paid_access":false,"total_usable_credits":7}}`, []string{"credits 7 USD", "no paid access"}},
		"told beside the plan":                     {`{"subscription":{"monthly_credits":"20"},"paid_service_access":{"subscription_credits_remaining":"5"}}`, []string{"month 75% 15/20"}},
		"more was used than there is":              {`{"subscription":{"monthly_credits":20,"credits_remaining":-3}}`, []string{"month 100% 20/20"}},
		"nobody says whether it serves":            {`{"subscription":{"plan":"Hermes"},"paid_service_access":{"paid_access":null}}`, nil},
		"a word in the place of yes or no":         {`{"subscription":{"plan":"Hermes"},"paid_service_access":{"paid_access":"no"}}`, nil},
		"a plan of no credits":                     {`{"subscription":{"tier":"free","monthly_credits":0,"credits_remaining":0}}`, nil},
		"a list in the place of the subscription":  {`{"subscription":[],"paid_service_access":{"paid_access":true}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Nous([]byte(c.body), now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, said(r)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, body := range []string{``, `null`, `NaN`, `{}`, `{"error":"invalid_token"}`, `<html>`, `{"subscription":{"plan":`} {
		if r, err := Nous([]byte(body), now); !errors.Is(err, ErrNotTold) {
			t.Errorf("%s: %v, %v", body, said(r), err)
		}
	}
}

func TestTeller_Nous(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://portal.nousresearch.com/api/oauth/token": "https://portal.nousresearch.com/api/oauth/account",
		"http://127.0.0.1:1/api/oauth/token":              "http://127.0.0.1:1/api/oauth/account",
	} {
		if got := NousTells.Endpoints(issuer); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s: %+v, want %s", issuer, got, want)
		}
	}
	if got := NousTells.Endpoints(""); len(got) != 0 || !NousTells.AtIssuer() || MiniMaxTells.AtIssuer() {
		t.Errorf("a key that nobody issued is asked about: %+v", got)
	}
}
