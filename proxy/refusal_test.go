package proxy

import (
	"net/http"
	"testing"
	"time"
)

func TestReadRefusal(t *testing.T) {
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		header        http.Header
		body          string
		code, message string
		model         string
		wait          time.Duration
	}{
		"Anthropic":          {nil, `{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}`, "rate_limit_error", "slow down", "", 0},
		"OpenAI":             {nil, `{"error":{"code":"insufficient_quota","type":"x","message":"no money"}}`, "insufficient_quota", "no money", "", 0},
		"OAuth":              {nil, `{"error":"invalid_token","error_description":"revoked"}`, "invalid_token", "revoked", "", 0},
		"MiniMax":            {nil, `{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}`, "", "rate limit", "", 0},
		"one model":          {nil, `{"error":{"message":"too many requests for M2"}}`, "", "too many requests for M2", "M2", 0},
		"HTML":               {nil, `<html>`, "", "", "", 0},
		"seconds":            {http.Header{"Retry-After": {"90"}}, ``, "", "", "", 90 * time.Second},
		"milliseconds":       {http.Header{"Retry-After-Ms": {"1500"}}, ``, "", "", "", 1500 * time.Millisecond},
		"date":               {http.Header{"Retry-After": {"Wed, 20 May 2026 10:01:00 GMT"}}, ``, "", "", "", time.Minute},
		"date, other clock":  {http.Header{"Retry-After": {"Wed, 20 May 2026 09:01:00 GMT"}, "Date": {"Wed, 20 May 2026 09:00:00 GMT"}}, ``, "", "", "", time.Minute},
		"past":               {http.Header{"Retry-After": {"Wed, 20 May 2020 10:01:00 GMT"}}, ``, "", "", "", 0},
		"negative":           {http.Header{"Retry-After": {"-5"}}, ``, "", "", "", 0},
		"NaN":                {http.Header{"Retry-After": {"NaN"}}, ``, "", "", "", 0},
		"absurd":             {http.Header{"Retry-After": {"1e300"}}, ``, "", "", "", longestReset},
		"unified":            {http.Header{"Anthropic-Ratelimit-Unified-Reset": {"1779271260"}}, ``, "", "", "", time.Minute},
		"epoch seconds":      {nil, `{"error":{"resets_at":1779271260}}`, "", "", "", time.Minute},
		"epoch milliseconds": {nil, `{"reset_at":1779271260000}`, "", "", "", time.Minute},
		"RFC 3339":           {nil, `{"error":{"retry_until":"2026-05-20T12:01:00+02:00"}}`, "", "", "", time.Minute},
		"in words":           {nil, `{"error":{"message":"Resets in 4hr 5min"}}`, "", "Resets in 4hr 5min", "", 245 * time.Minute},
		"retry after":        {nil, `{"error":{"message":"please retry after 30s"}}`, "", "please retry after 30s", "", 30 * time.Second},
		"quota delay":        {nil, `{"error":{"message":"quotaResetDelay: 1500ms"}}`, "", "quotaResetDelay: 1500ms", "", 1500 * time.Millisecond},
		"no words":           {nil, `{"error":{"message":"resets in a moment"}}`, "", "resets in a moment", "", 0},
	} {
		if tc.header == nil {
			tc.header = http.Header{}
		}
		got := readRefusal(&http.Response{StatusCode: 429, Header: tc.header}, []byte(tc.body), "M2", 7, now)
		wait := time.Duration(0)
		if !got.ResetAt.IsZero() {
			wait = got.ResetAt.Sub(now)
		}
		if got.Code != tc.code || got.Message != tc.message || got.Model != tc.model || wait != tc.wait || got.Gen != 7 || got.Status != 429 {
			t.Errorf("%s: %+v, waits %s", name, got, wait)
		}
	}
}

func FuzzReadRefusal(f *testing.F) {
	f.Add("60", []byte(`{"error":{"message":"Resets in 4hr 5min","reset_at":1e300}}`))
	f.Add("Wed, 20 May 2026 10:01:00 GMT", []byte(`{"base_resp":{"status_msg":"retry after 99999999999999s"}}`))
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, after string, body []byte) {
		r := readRefusal(&http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {after}}}, body, "M2", 1, now)
		if !r.ResetAt.IsZero() && (!r.ResetAt.After(now) || r.ResetAt.Sub(now) > longestReset) {
			t.Errorf("waits until %s", r.ResetAt)
		}
	})
}
