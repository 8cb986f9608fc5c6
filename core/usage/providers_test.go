package usage

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCodex(t *testing.T) {
	t.Parallel()
	week := fmt.Sprintf(`{"used_percent":41,"limit_window_seconds":604800,"reset_at":%d}`, now.Add(72*time.Hour).Unix())
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"two windows": {
			fmt.Sprintf(`{"plan_type":"plus","rate_limit":{"primary_window":{"used_percent":12.5,"limit_window_seconds":18000,"reset_at":%d},"secondary_window":%s}}`, now.Add(time.Hour).Unix(), week),
			[]string{"5h 12.5% in 1h0m0s", "week 41% in 72h0m0s"},
		},
		"the week alone is called primary": {`{"rate_limit":{"primary_window":` + week + `,"secondary_window":null}}`, []string{"week 41% in 72h0m0s"}},
		"a window without length":          {`{"plan_type":"plus","rate_limit":{"primary_window":{"used_percent":12,"limit_window_seconds":0}}}`, nil},
		"seconds to the reset":             {`{"rate_limit":{"primary_window":{"used_percent":"12","limit_window_seconds":18000,"reset_after_seconds":600}}}`, []string{"5h 12% in 10m0s"}},
		"others": {
			`{"rate_limit":{"primary_window":` + week + `},"code_review_rate_limit":{"primary_window":` + week + `},"additional_rate_limits":[{"limit_name":"GPT-5.3-Spark","rate_limit":{"primary_window":` + week + `}}]}`,
			[]string{"week 41% in 72h0m0s", "code review week 41% in 72h0m0s", "GPT-5.3-Spark week 41% in 72h0m0s"},
		},
		"credits":    {`{"credits":{"has_credits":true,"unlimited":false,"balance":"3.10"}}`, []string{"credits 3.1 "}},
		"no credits": {`{"plan_type":"free","credits":{"has_credits":false,"balance":"0"}}`, nil},
		"spending":   {`{"spend_control":{"individual_limit":{"limit":200,"used":50,"remaining_percent":75}}}`, []string{"spend spend 25% 50/200"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Codex([]byte(c.body), now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, said(r)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, body := range []string{``, `{}`, `{"detail":"Unauthorized"}`, `{"rate_limit":{"primary_window":{"used_percent":-1,"limit_window_seconds":18000}}}`} {
		if r, err := Codex([]byte(body), now); !errors.Is(err, ErrNotTold) {
			t.Errorf("%s: %v, %v", body, said(r), err)
		}
	}
}

// TestCodex_BankedResets: how many resets are saved up, and what is no such number.
func TestCodex_BankedResets(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"available_count":1}`:     "1 banked",
		`{"available_count":"3"}`:   "3 banked",
		`{"available_count":0}`:     "", // told, and none
		`{"available_count":-1}`:    "",
		`{"available_count":1.5}`:   "",
		`{"available_count":1e300}`: "",
		`{"available_count":"NaN"}`: "",
		`{"available_count":null}`:  "",
		`{"available_count":[1]}`:   "",
		`{"available":1}`:           "",
		`null`:                      "",
		`7`:                         "",
	} {
		r, err := Codex([]byte(`{"plan_type":"plus","rate_limit_reset_credits":`+body+`}`), now)
		if err != nil || r.BankedWords() != want || (r.Banked != nil) != (want != "" || body == `{"available_count":0}`) {
			t.Errorf("%s: %q, %v, %v", body, r.BankedWords(), r.Banked, err)
		}
	}
	one := 1
	told := Reading{At: now.Add(-time.Hour), Source: FromEndpoint, Banked: &one}
	header := Reading{At: now, Source: FromHeader, Plan: "plus"}
	if merged := told.With(header); merged.BankedWords() != "1 banked" {
		t.Error("headers, which tell nothing of it, took it back")
	}
	if merged := told.With(Reading{At: now, Source: FromEndpoint, Plan: "plus"}); merged.Banked != nil {
		t.Error("it was kept although the endpoint says nothing of it any more")
	}
	if words, ok := told.ToppedUp(now.Add(-2*time.Hour), now); ok {
		t.Errorf("a reset that was not used lifts nothing: %q", words)
	}
}

func TestTeller_Codex(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://chatgpt.com/backend-api/codex": "https://chatgpt.com/backend-api/wham/usage",
		"http://127.0.0.1:1/backend-api/codex/": "http://127.0.0.1:1/backend-api/wham/usage",
		"https://codex.example/base/":           "https://codex.example/base/api/codex/usage",
	} {
		if got := CodexTells.Endpoints(base); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s: %+v, want %s", base, got, want)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header map[string]string
		want   []string
	}{
		"nothing": {map[string]string{"Content-Type": "application/json"}, nil},
		"Codex": {map[string]string{
			"x-codex-primary-used-percent": "12", "x-codex-primary-window-minutes": "300", "x-codex-primary-reset-after-seconds": "600",
			"x-codex-secondary-used-percent": "99.5", "x-codex-secondary-window-minutes": "10080", "x-codex-secondary-reset-at": fmt.Sprint(now.Add(72 * time.Hour).Unix()),
		}, []string{"5h 12% in 10m0s", "week 99.5% in 72h0m0s"}},
		"Codex: a window of no minutes is a placeholder": {map[string]string{"x-codex-primary-used-percent": "0", "x-codex-primary-window-minutes": "0", "x-codex-plan-type": "plus"}, nil},
		"Codex: another family": {map[string]string{
			"x-codex-active-limit": "codex_spark", "x-codex-spark-primary-used-percent": "100", "x-codex-spark-primary-window-minutes": "300",
		}, []string{"codex-spark 5h 100%"}},
		"Codex: another family by its name": {map[string]string{
			"x-codex-active-limit": "codex_spark", "x-codex-spark-limit-name": "GPT-5.3-Spark", "x-codex-spark-primary-used-percent": "100", "x-codex-spark-primary-window-minutes": "300",
		}, []string{"GPT-5.3-Spark 5h 100%"}},
		"a clock that is an hour ahead": {map[string]string{
			"date": now.Add(time.Hour).Format(http.TimeFormat), "x-codex-primary-used-percent": "12", "x-codex-primary-window-minutes": "300",
			"x-codex-primary-reset-at": fmt.Sprint(now.Add(90 * time.Minute).Unix()),
		}, []string{"5h 12% in 30m0s"}},
		"Anthropic's two windows in their order": {map[string]string{
			"anthropic-ratelimit-unified-7d-utilization": "0.1", "anthropic-ratelimit-unified-5h-utilization": "0.62",
		}, []string{"5h 62%", "week 10%"}},
		"Nous": {map[string]string{
			"x-nous-credits-version": "1", "x-nous-credits-remaining-micros": "5000000", "x-nous-credits-subscription-micros": "-1000000",
			"x-nous-credits-subscription-limit-micros": "20000000", "x-nous-credits-denominator-kind": "subscription_cap", "x-nous-credits-paid-access": "true",
		}, []string{"month 100% 20/20", "credits 5 USD"}},
		"Nous: no cap":          {map[string]string{"x-nous-credits-version": "1", "x-nous-credits-remaining-micros": "5000000", "x-nous-credits-subscription-micros": "1", "x-nous-credits-subscription-limit-micros": "2", "x-nous-credits-denominator-kind": "none", "x-nous-credits-paid-access": "false"}, []string{"credits 5 USD", "no paid access"}},
		"Nous: another version": {map[string]string{"x-nous-credits-version": "2", "x-nous-credits-remaining-micros": "5"}, nil},
		"Anthropic's subscription": {map[string]string{
			"anthropic-ratelimit-unified-status": "allowed", "anthropic-ratelimit-unified-5h-utilization": "0.62", "anthropic-ratelimit-unified-5h-reset": fmt.Sprint(now.Add(time.Hour).Unix()),
		}, []string{"5h 62% in 1h0m0s"}},
		"Anthropic's key": {map[string]string{
			"anthropic-ratelimit-input-tokens-limit": "1000", "anthropic-ratelimit-input-tokens-remaining": "250", "anthropic-ratelimit-input-tokens-reset": "2026-11-20T10:01:00Z",
		}, []string{"input tokens 75% 750/1000 in 1m0s"}},
		"OpenAI":                  {map[string]string{"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "1m30s"}, []string{"requests 1.667% 1/60 in 1m30s"}},
		"xAI without reset":       {map[string]string{"x-ratelimit-limit-tokens": "100", "x-ratelimit-remaining-tokens": "0"}, []string{"tokens 100% 100/100"}},
		"more left than there is": {map[string]string{"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "61"}, nil},
		"no numbers":              {map[string]string{"x-ratelimit-limit-requests": "NaN", "x-ratelimit-remaining-requests": "Inf", "x-codex-primary-used-percent": "NaN", "x-codex-primary-window-minutes": "300"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			for name, value := range c.header {
				h.Set(name, value)
			}
			got := said(Headers(h, now))
			if !slices.Equal(got, c.want) {
				t.Error(cmp.Diff(c.want, got))
			}
		})
	}
}

func TestWindowsAreNamedByTheirLength(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for length, want := range map[time.Duration]string{
		0: "", time.Minute: "1m", time.Hour: "1h", 5 * time.Hour: "5h", 299 * time.Minute: "5h", day: "day", 3 * day: "3d",
		7 * day: "week", 7*day - time.Hour: "week", 28 * day: "month", 30 * day: "month", 31 * day: "month", 365 * day: "year",
	} {
		if got := nameOf(length); got != want {
			t.Errorf("%v is called %q, want %q", length, got, want)
		}
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("x-codex-primary-used-percent", "12", "x-codex-primary-window-minutes", "1e300")
	f.Add("anthropic-ratelimit-unified-5h-utilization", "-1e308", "anthropic-ratelimit-unified-5h-reset", "1e18")
	f.Add("x-ratelimit-limit-requests", "1", "x-ratelimit-remaining-requests", "0")
	f.Fuzz(func(t *testing.T, name, value, other, more string) {
		h := http.Header{}
		h.Set(name, value)
		h.Set(other, more)
		sound(t, "headers", Headers(h, now))
	})
}
