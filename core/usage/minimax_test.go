package usage

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// said is what of a window matters to most tests: "week 25% of 100 in 24h0m0s".
func said(r Reading) (all []string) {
	for _, w := range r.Windows {
		s := w.Name
		if w.Scope != "" {
			s = w.Scope + " " + s
		}
		if w.Used != nil {
			s += fmt.Sprintf(" %.4g%%", *w.Used)
		}
		if w.Count != nil && w.Limit != nil {
			s += fmt.Sprintf(" %g/%g", *w.Count, *w.Limit)
		}
		if !w.Resets.IsZero() {
			s += " in " + w.Resets.Sub(now).String()
		}
		all = append(all, s)
	}
	for _, b := range r.Balances {
		all = append(all, fmt.Sprintf("%s %g %s", b.Name, b.Amount, b.Currency))
	}
	if r.Blocked != "" {
		all = append(all, r.Blocked)
	}
	return all
}

func ms(d time.Duration) int64 { return now.Add(d).UnixMilli() }

// bucket is one of MiniMax's, with a window of five hours that ends in two, and a
// week that ends in three days.
func bucket(more string) string {
	return fmt.Sprintf(`{"model_name":"general","start_time":%d,"end_time":%d,"weekly_start_time":%d,"weekly_end_time":%d%s}`,
		ms(-3*time.Hour), ms(2*time.Hour), ms(-96*time.Hour), ms(72*time.Hour), more)
}

func TestMiniMax(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"the count is what remains": {
			`{"model_remains":[` + bucket(`,"current_interval_total_count":1500,"current_interval_usage_count":1200,"current_interval_remaining_percent":80`) + `]}`,
			[]string{"5h 20% 300/1500 in 2h0m0s"},
		},
		"the count is what is used": {
			`{"model_remains":[` + bucket(`,"current_interval_total_count":1500,"current_interval_usage_count":300,"current_interval_remaining_percent":80`) + `]}`,
			[]string{"5h 20% 300/1500 in 2h0m0s"},
		},
		"the count fits neither": {
			`{"model_remains":[` + bucket(`,"current_interval_total_count":1500,"current_interval_usage_count":700,"current_interval_remaining_percent":80`) + `]}`,
			[]string{"5h 20% in 2h0m0s"},
		},
		"no percentage: what remains": {
			`{"model_remains":[` + bucket(`,"current_interval_total_count":1500,"current_interval_usage_count":1200`) + `]}`,
			[]string{"5h 20% 300/1500 in 2h0m0s"},
		},
		"a token plan: counts of 0, the percentage wins": {
			`{"model_remains":[` + bucket(`,"current_interval_total_count":0,"current_interval_usage_count":0,"current_interval_remaining_percent":62,"current_weekly_total_count":0,"current_weekly_usage_count":0,"current_weekly_remaining_percent":41`) + `]}`,
			[]string{"5h 38% in 2h0m0s", "week 59% in 72h0m0s"},
		},
		"not in the plan": {
			`{"model_remains":[` + bucket(`,"current_interval_total_count":0,"current_interval_status":3,"current_interval_remaining_percent":100,"current_weekly_total_count":0,"current_weekly_status":3,"current_weekly_remaining_percent":100`) + `],"points_balance":"12"}`,
			[]string{"points 12 "},
		},
		"no weekly limit": {
			`{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62,"current_weekly_status":3,"current_weekly_remaining_percent":100`) + `]}`,
			[]string{"5h 38% in 2h0m0s"},
		},
		"a boosted week": {
			`{"model_remains":[` + bucket(`,"current_weekly_remaining_percent":60,"weekly_boost_permille":1500`) + `]}`,
			[]string{"week 10% in 72h0m0s"},
		},
		"a boosted week is no more than whole": {
			`{"model_remains":[` + bucket(`,"current_weekly_remaining_percent":90,"weekly_boost_permille":2000`) + `]}`,
			[]string{"week 0% in 72h0m0s"},
		},
		"another kind of model": {
			`{"model_remains":[{"model_name":"video","current_interval_remaining_percent":50,"remains_time":3600000}]}`,
			[]string{"video plan 50% in 1h0m0s"},
		},
		"wrapped, numbers in strings": {
			`{"data":{"current_subscribe_title":"Max","model_remains":[` + bucket(`,"current_interval_remaining_percent":"62"`) + `]},"base_resp":{"status_code":0}}`,
			[]string{"5h 38% in 2h0m0s"},
		},
		"remaining more than everything": {
			`{"model_remains":[` + bucket(`,"current_interval_remaining_percent":140`) + `]}`,
			[]string{"5h 0% in 2h0m0s"},
		},
		"nothing told is nothing": {`{"model_remains":[` + bucket(``) + `],"points_balance":"3"}`, []string{"points 3 "}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := MiniMax([]byte(c.body), now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, said(r)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, body := range map[string]string{
		"not signed in, with status 200":   `{"base_resp":{"status_code":1004,"status_msg":"login fail"}}`,
		"an error beside numbers":          `{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62`) + `],"base_resp":{"status_code":1004}}`,
		"an error around wrapped numbers":  `{"data":{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62`) + `]},"base_resp":{"status_code":1004}}`,
		"an error in a string":             `{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62`) + `],"base_resp":{"status_code":"1004"}}`,
		"a page":                           `<html>`,
		"nothing":                          ``,
		"null":                             `null`,
		"no numbers":                       `{"model_remains":[` + bucket(`,"current_interval_remaining_percent":"many"`) + `]}`,
		"wrong kinds":                      `{"model_remains":{"a":1},"points_balance":[]}`,
		"a negative percentage, no counts": `{"model_remains":[` + bucket(`,"current_interval_remaining_percent":-3`) + `]}`,
	} {
		if r, err := MiniMax([]byte(body), now); !errors.Is(err, ErrNotTold) {
			t.Errorf("%s: %v, %v", name, said(r), err)
		}
	}
}

// TestMiniMaxBalance: a key that pays for each request has a balance, whose numbers may be
// strings.
func TestMiniMaxBalance(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"available_amount":"12.50","cash_balance":"10"}`:              "balance 12.5 ",
		`{"available_amount":0,"base_resp":{"status_code":0}}`:          "balance 0 ",
		`{"available_amount":-3.25}`:                                    "balance -3.25 ", // something is owed
		`{"available_amount":"12.50","base_resp":{"status_code":1004}}`: "",
		`{"available_amount":"NaN"}`:                                    "",
		`{"available_amount":null}`:                                     "",
		`{"available_amount":{}}`:                                       "",
		`{"cash_balance":"10"}`:                                         "",
		`[]`:                                                            "", `null`: "", ``: "", `<html>`: "",
	} {
		r, err := miniMaxBalance([]byte(body), now)
		if got := strings.Join(said(r), ", "); got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, ErrNotTold) {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
	if got := MiniMaxTells.Balances("https://api.minimax.io/anthropic"); len(got) != 1 || got[0].URL != "https://api.minimax.io/account/query_balance" {
		t.Errorf("%+v", got)
	}
	if got := CodexTells.Balances("https://chatgpt.com/backend-api/codex"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func FuzzEndpoints(f *testing.F) {
	f.Add([]byte(`{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62,"current_interval_total_count":1e300`) + `]}`))
	f.Add([]byte(`{"rate_limit":{"primary_window":{"used_percent":1e308,"limit_window_seconds":1e12}}}`))
	f.Add([]byte(`{"rate_limit_reset_credits":{"available_count":1e308}}`))
	f.Add([]byte(`{"config":{"creditUsagePercent":1e308,"currentPeriod":{"type":"_WEEKLY","start":1,"end":1e300},"onDemandCap":{"val":1e-308},"onDemandUsed":{"val":1e308}}}`))
	f.Add([]byte(`{"usage":{"limit":"100","used":"1e308"},"limits":[{"window":{"duration":1e9,"timeUnit":"TIME_UNIT_DAY"},"detail":{"limit":1,"remaining":2}}]}`))
	f.Add([]byte(`{"data":{"used":1e308,"limit":1e-308,"percent":"1e309","reset":-1,"in":1e300,"plan":[],"left":"NaN"},"limits":[{"left":3}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for name, parse := range map[string]func([]byte, time.Time) (Reading, error){
			"minimax": MiniMax, "codex": Codex, "kimi": Kimi, "nous": Nous, "xai": XAI, "balance": miniMaxBalance, "described": acme().parse,
		} {
			r, err := parse(body, now)
			if err == nil && r.Empty() {
				t.Fatalf("%s: empty and no error", name)
			}
			sound(t, name, r)
		}
	})
}

// sound holds what is true of every reading.
func sound(t *testing.T, name string, r Reading) {
	t.Helper()
	for _, w := range r.Windows {
		if w.Name == "" || w.Used != nil && !(*w.Used >= 0 && *w.Used <= 100) || w.Length < 0 {
			t.Fatalf("%s: %+v", name, w)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Fatalf("%s cannot be written down: %v", name, err)
	}
}
