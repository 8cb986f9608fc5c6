package usage

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
)

// TestRedeem: what a provider may answer, one answer after the other; the same request
// is sent again only where nobody knows what came of it.
func TestRedeem(t *testing.T) {
	type answer struct {
		status int
		body   string
	}
	reset, broken := answer{200, `{"code":"reset","windows_reset":2}`}, answer{503, `down`}
	for name, tc := range map[string]struct {
		answers []answer
		kind    autherr.Kind
		fails   bool
	}{
		"used":                   {[]answer{reset}, 0, false},
		"after a failure":        {[]answer{broken, {200, `{"code":"already_redeemed"}`}}, 0, false},
		"nothing is used":        {[]answer{{200, `{"code":"nothing_to_reset"}`}}, autherr.Failed, true},
		"none is left":           {[]answer{{200, `{"code":"no_credit"}`}}, autherr.Failed, true},
		"refused":                {[]answer{{401, `{}`}}, autherr.Failed, true},
		"led elsewhere":          {[]answer{{302, ``}}, autherr.Failed, true},
		"down":                   {[]answer{broken, broken}, autherr.Network, true},
		"a page":                 {[]answer{{200, `<html>`}, {200, `<html>`}}, autherr.Network, true},
		"a code nobody knows":    {[]answer{{200, `{"code":"later"}`}, reset}, 0, false},
		"a code of another kind": {[]answer{{200, `{"code":7}`}, {200, `{"code":null}`}}, autherr.Network, true},
	} {
		t.Run(name, func(t *testing.T) {
			var requests []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var body map[string]string
				text, _ := io.ReadAll(r.Body)
				if json.Unmarshal(text, &body) != nil || r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer x" {
					t.Errorf("%s %s %q", r.Method, text, r.Header)
				}
				requests = append(requests, body["redeem_request_id"])
				a := tc.answers[min(len(requests), len(tc.answers))-1]
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(a.status)
				_, _ = io.WriteString(w, a.body)
			}))
			defer server.Close()
			m := NewMeter(t.TempDir(), clock.NewFake(time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)), server.Client())
			defer m.Close()
			err := m.Redeem(t.Context(), Redemption{Account: "a1", URL: server.URL, Request: "r1", Sign: func(r *http.Request) error {
				r.Header.Set("Authorization", "Bearer x")
				return nil
			}})
			if (err != nil) != tc.fails || tc.fails && autherr.KindOf(err) != tc.kind {
				t.Errorf("%v", err)
			}
			if len(requests) != len(tc.answers) || requests[0] != "r1" || requests[len(requests)-1] != "r1" {
				t.Errorf("asked %q", requests)
			}
		})
	}
	if err := (&Meter{}).redeem(t.Context(), Redemption{URL: "http://127.0.0.1:1", Sign: func(*http.Request) error { return errors.New("not there") }}); err == nil || err.Error() != "not there" {
		t.Errorf("a token that may not go there: %v", err)
	}
}

func TestResetAt(t *testing.T) {
	for base, want := range map[string]string{
		"https://chatgpt.com/backend-api/codex": "https://chatgpt.com/backend-api/wham/rate-limit-reset-credits/consume",
		"https://proxy.example/":                "https://proxy.example/api/codex/rate-limit-reset-credits/consume",
	} {
		if got := CodexTells.ResetAt(base); got != want {
			t.Errorf("%s: %s", base, got)
		}
	}
	if got := KimiTells.ResetAt("https://api.kimi.com/coding/v1"); got != "" {
		t.Errorf("%s", got)
	}
}
