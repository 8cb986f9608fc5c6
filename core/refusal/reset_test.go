package refusal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/refusal"
)

func TestRead_Times(t *testing.T) {
	const month = 31 * 24 * time.Hour
	for name, tc := range map[string]struct {
		header http.Header
		body   string
		wait   time.Duration
	}{
		"seconds":             {fields("Retry-After", "90"), ``, 90 * time.Second},
		"milliseconds":        {fields("Retry-After-Ms", "1500"), ``, 1500 * time.Millisecond},
		"date":                {fields("Retry-After", "Wed, 20 May 2026 10:01:00 GMT"), ``, time.Minute},
		"date, other clock":   {fields("Retry-After", "Wed, 20 May 2026 09:01:00 GMT", "Date", "Wed, 20 May 2026 09:00:00 GMT"), ``, time.Minute},
		"past":                {fields("Retry-After", "Wed, 20 May 2020 10:01:00 GMT"), ``, 0},
		"negative":            {fields("Retry-After", "-5"), ``, 0},
		"NaN":                 {fields("Retry-After", "NaN"), ``, 0},
		"absurd":              {fields("Retry-After", "1e300"), ``, 0},
		"unified":             {fields("Anthropic-Ratelimit-Unified-Reset", "1779271260"), ``, time.Minute},
		"epoch seconds":       {nil, `{"error":{"resets_at":1779271260}}`, time.Minute},
		"epoch, other clock":  {fields("Date", "Wed, 20 May 2026 09:00:00 GMT"), `{"error":{"resets_at":1779267660}}`, time.Minute},
		"epoch milliseconds":  {nil, `{"reset_at":1779271260000}`, time.Minute},
		"RFC 3339":            {nil, `{"error":{"retry_until":"2026-05-20T12:01:00+02:00"}}`, time.Minute},
		"seconds in the body": {nil, `{"error":{"resets_in_seconds":90.5}}`, 90500 * time.Millisecond},
		"both":                {nil, `{"error":{"resets_at":1779271260,"resets_in_seconds":900}}`, time.Minute},

		"in words":              {nil, `{"error":{"message":"Resets in 4hr 5min"}}`, 245 * time.Minute},
		"in long words":         {nil, `{"error":{"message":"try again in 1 hour and 30 minutes."}}`, 90 * time.Minute},
		"in days":               {nil, `{"error":{"message":"resets in 2 days 3 hours"}}`, 51 * time.Hour},
		"try again":             {nil, `{"error":{"message":"Please try again in 20s. Visit"}}`, 20 * time.Second},
		"try again, fractions":  {nil, `{"error":{"message":"Please try again in 1m2.5s."}}`, 62500 * time.Millisecond},
		"try again, thousandth": {nil, `{"error":{"message":"Please try again in 350ms."}}`, 350 * time.Millisecond},
		"retry after":           {nil, `{"error":{"message":"please retry after 30s"}}`, 30 * time.Second},
		"quota delay":           {nil, `{"error":{"message":"quotaResetDelay: 1500ms"}}`, 1500 * time.Millisecond},
		"at, UTC":               {nil, `{"error":{"message":"resets at 2026-05-20 11:00:00 UTC"}}`, time.Hour},
		"at an hour":            {nil, `{"error":{"message":"Resets at 09:00 UTC."}}`, 23 * time.Hour},
		"at no hour":            {nil, `{"error":{"message":"Resets at 25:00 UTC."}}`, 0},
		"no words":              {nil, `{"error":{"message":"resets in a moment"}}`, 0},
		"an absurd span":        {nil, `{"error":{"message":"try again in 99999999999999999999 days"}}`, 0},
		"a billion seconds":     {fields("Retry-After", "1000000000"), ``, 0},
		"the year 2099":         {fields("Retry-After", "Wed, 20 May 2099 09:00:00 GMT"), ``, 0},
		"a month":               {fields("Retry-After", "2678400"), ``, month},

		"Codex, at":           {fields("X-Codex-Primary-Used-Percent", "100", "X-Codex-Primary-Reset-At", "1779271260"), ``, time.Minute},
		"Codex, in":           {fields("X-Codex-Secondary-Used-Percent", "100.0", "X-Codex-Secondary-Reset-After-Seconds", "120"), ``, 2 * time.Minute},
		"Codex, not full":     {fields("X-Codex-Primary-Used-Percent", "80", "X-Codex-Primary-Reset-After-Seconds", "120"), ``, 0},
		"Codex, the later":    {fields("X-Codex-Primary-Used-Percent", "100", "X-Codex-Primary-Reset-After-Seconds", "60", "X-Codex-Secondary-Used-Percent", "100", "X-Codex-Secondary-Reset-After-Seconds", "600"), ``, 10 * time.Minute},
		"Codex, other family": {fields("X-Codex-Active-Limit", "codex-bengalfox", "X-Codex-Bengalfox-Primary-Used-Percent", "100", "X-Codex-Bengalfox-Primary-Reset-After-Seconds", "60"), ``, time.Minute},

		"a date with a space":  {nil, `{"error":{"resets_at":"2026-05-20 11:00:00 UTC"}}`, time.Hour},
		"a space, an offset":   {nil, `{"error":{"resets_at":"2026-05-20 13:00:00+02:00"}}`, time.Hour},
		"an HTTP date":         {nil, `{"error":{"resets_at":"Wed, 20 May 2026 11:00:00 GMT"}}`, time.Hour},
		"a date without zone":  {nil, `{"error":{"resets_at":"2026-05-20T11:00:00"}}`, 0},
		"a length in the body": {nil, `{"error":{"resets_in_seconds":"90s"}}`, 90 * time.Second},
		"a length, minutes":    {nil, `{"error":{"retry_after":"1m30.5s"}}`, 90500 * time.Millisecond},
		"no length":            {nil, `{"error":{"retry_after":"soon 3s"}}`, 0},
		"a negative length":    {nil, `{"error":{"retry_after":"-3s"}}`, 0},
		"Google's delay":       {nil, `[{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.Help"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}]`, 34500 * time.Millisecond},
		"OpenRouter, its body": {nil, `{"error":{"code":429,"message":"free-models-per-day","metadata":{"headers":{"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1779271260000"}}}}`, time.Minute},
		"its body, some left":  {nil, `{"error":{"code":429,"metadata":{"headers":{"X-RateLimit-Remaining":"3","X-RateLimit-Reset":"1779271260000"}}}}`, 0},
		"OpenAI, days":         {fields("X-Ratelimit-Remaining-Requests", "0", "X-Ratelimit-Reset-Requests", "1d2h0m1s"), ``, 26*time.Hour + time.Second},

		"OpenAI":                        {fields("X-Ratelimit-Remaining-Requests", "0", "X-Ratelimit-Reset-Requests", "6m0s"), ``, 6 * time.Minute},
		"OpenAI, some left":             {fields("X-Ratelimit-Remaining-Requests", "9", "X-Ratelimit-Reset-Requests", "6m0s", "X-Ratelimit-Remaining-Tokens", "0", "X-Ratelimit-Reset-Tokens", "20ms"), ``, 20 * time.Millisecond},
		"Nous":                          {fields("X-Ratelimit-Remaining-Tokens-1h", "0", "X-Ratelimit-Reset-Tokens-1h", "1800.5"), ``, 1800500 * time.Millisecond},
		"OpenRouter":                    {fields("X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", "1779271260000"), ``, time.Minute},
		"Anthropic":                     {fields("Anthropic-Ratelimit-Tokens-Remaining", "0", "Anthropic-Ratelimit-Tokens-Reset", "2026-05-20T10:01:00Z"), ``, time.Minute},
		"header before text":            {fields("Retry-After", "5"), `{"error":{"message":"try again in 20s"}}`, 5 * time.Second},
		"body before header":            {fields("X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", "60"), `{"error":{"resets_in_seconds":5}}`, 5 * time.Second},
		"a gateway's, beside a quota's": {fields("Retry-After", "5"), `{"error":{"type":"usage_limit_reached","resets_in_seconds":7200}}`, 2 * time.Hour},
	} {
		if tc.header == nil {
			tc.header = http.Header{}
		}
		got := refusal.Read(refusal.Answer{Status: 429, Header: tc.header, Body: []byte(tc.body)}, nil, noon)
		wait := time.Duration(0)
		if !got.ResetAt.IsZero() {
			wait = got.ResetAt.Sub(noon)
		}
		if wait != tc.wait {
			t.Errorf("%s: waits %s, want %s", name, wait, tc.wait)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("60", []byte(`{"error":{"message":"Resets in 4hr 5min","reset_at":1e300}}`), 429)
	f.Add("Wed, 20 May 2026 10:01:00 GMT", []byte(`{"base_resp":{"status_code":2056,"status_msg":"retry after 99999999999999s"}}`), 200)
	f.Add("", []byte(`{"error":{"message":"resets at 9999-99-99T99:99:99+99:99 (2056)"}}`), 429)
	f.Fuzz(func(t *testing.T, after string, body []byte, status int) {
		r := refusal.Read(refusal.Answer{Status: status, Header: http.Header{"Retry-After": {after}}, Body: body, Model: "M2"}, rules(t, "minimax"), noon)
		if !r.ResetAt.IsZero() && (!r.ResetAt.After(noon) || r.ResetAt.Sub(noon) > 31*24*time.Hour) {
			t.Errorf("waits until %s", r.ResetAt)
		}
	})
}
