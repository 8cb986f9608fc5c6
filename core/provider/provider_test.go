package provider_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

func TestMiniMax_IsAsPublished(t *testing.T) {
	table := provider.Default()
	for _, tc := range []struct {
		region, name, account, api string
		newer                      []string // the same company's newer domain
	}{
		{"global", "MiniMax", "account.minimax.io", "api.minimax.io", nil},
		{"cn", "MiniMax China", "account.minimaxi.com", "api.minimaxi.com", []string{"minimax.cn"}},
	} {
		t.Run(tc.region, func(t *testing.T) {
			p, r, err := table.Region("minimax-oauth", tc.region)
			if err != nil {
				t.Fatal(err)
			}
			var apis []string
			for _, domain := range tc.newer {
				apis = append(apis, "api."+domain)
			}
			want := oauth.Target{
				Binding: oauth.Binding{
					Provider: "minimax-oauth", Region: tc.region,
					ClientID:       "78257093-7e40-4613-99e0-527b14b39113",
					Scope:          "group_id profile model.completion",
					TokenURL:       "https://" + tc.account + "/oauth2/token",
					LegacyTokenURL: "https://" + tc.api + "/oauth/token",
					TokenHosts:     append([]string{tc.account, tc.api}, apis...),
					APIHosts:       append([]string{tc.api}, apis...),
					BaseURL:        "https://" + tc.api + "/anthropic",
					API:            "anthropic_messages",
				},
				ProviderName:  tc.name,
				DeviceURL:     "https://" + tc.account + "/oauth2/device/code",
				LegacyDevice:  "https://" + tc.api + "/oauth/code",
				PageHosts:     append([]string{"minimax.io", "minimaxi.com", "minimaxi.io"}, tc.newer...),
				MinInterval:   2 * time.Second,
				DefaultPolled: 2 * time.Second,
			}
			if diff := cmp.Diff(want, provider.Target(p, r)); diff != "" {
				t.Error(diff)
			}
			if p.Skew != time.Minute || !strings.Contains(p.Note, "OpenClaw") {
				t.Errorf("skew %v, note %q", p.Skew, p.Note)
			}
			if diff := cmp.Diff([]string{"invalid_grant", "refresh_token_reused", "invalid_refresh_token"}, p.TerminalCodes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFind(t *testing.T) {
	table := provider.Default()
	for name, region := range map[string]string{
		"minimax-oauth": "global", "minimax": "global", "MiniMax": "global", " minimax-portal ": "global",
		"minimax-global": "global", "minimax_oauth": "global",
		"minimax/cn": "cn", "minimax-oauth/global": "global", "MINIMAX/CN": "cn",
	} {
		p, r, err := table.Find(name)
		if err != nil || p.ID != "minimax-oauth" || r.ID != region {
			t.Errorf("%q is %s/%s, %v", name, p.ID, r.ID, err)
		}
	}
	for _, name := range []string{"", "minimaxi", "minimax/", "minimax/us", "nobody", "minimax/cn/x", "\x1b[31m"} {
		_, _, err := table.Find(name)
		var e *autherr.Error
		if !errors.As(err, &e) || e.Kind != autherr.Usage || !strings.Contains(e.Hint, "minimax/cn") || strings.Contains(e.Message, "\x1b") {
			t.Errorf("%q gave %v", name, err)
		}
	}
}

func TestChoices(t *testing.T) {
	var pools []string
	for _, c := range provider.Default().Choices() {
		pools = append(pools, c.PoolID()+" "+c.Region.ProviderName+" "+c.Region.Host)
	}
	want := []string{
		"minimax-oauth/global MiniMax minimax.io", "minimax-oauth/cn MiniMax China minimaxi.com",
		"nous/global Nous Portal portal.nousresearch.com", "xai-oauth/global xAI x.ai", "openai-codex/global OpenAI Codex auth.openai.com",
		"copilot/global GitHub Copilot github.com", "kimi-code/global Kimi Code kimi.com",
	}
	if diff := cmp.Diff(want, pools); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultLabel(t *testing.T) {
	p, _, _ := provider.Default().Find("minimax")
	taken := []string{}
	for _, want := range []string{"minimax", "minimax-2", "minimax-3"} {
		got := p.DefaultLabel(func(label string) bool { return slices.Contains(taken, label) })
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		taken = append(taken, got)
	}
}

func TestFlow(t *testing.T) {
	p, _, _ := provider.Default().Find("minimax")
	if f, err := p.Flow(oauth.NewClient(oauth.Config{})); err != nil || f == nil {
		t.Errorf("got %v, %v", f, err)
	}
	p.Protocol = "telepathy"
	if f, err := p.Flow(nil); autherr.KindOf(err) != autherr.Usage || f != nil {
		t.Errorf("got %v, %v", f, err)
	}
}

func TestWithOverride(t *testing.T) {
	before := provider.Default()
	table, err := before.WithOverride("minimax", "global", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/anthropic/")
	if err != nil {
		t.Fatal(err)
	}
	p, r, _ := table.Find("minimax")
	got := provider.Target(p, r)
	host := []string{"127.0.0.1:8080"}
	for name, pair := range map[string][2]any{
		"device": {got.DeviceURL, "http://127.0.0.1:8080/oauth2/device/code"},
		"token":  {got.TokenURL, "http://127.0.0.1:8080/oauth2/token"},
		"legacy": {got.LegacyDevice + " " + got.LegacyTokenURL, "http://127.0.0.1:8080/oauth/code http://127.0.0.1:8080/oauth/token"},
		"base":   {got.BaseURL, "http://127.0.0.1:8080/anthropic"},
		"tokens": {got.TokenHosts, host}, "api": {got.APIHosts, host}, "pages": {got.PageHosts, host},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, china, _ := table.Find("minimax/cn"); china.TokenHosts[0] != "account.minimaxi.com" {
		t.Error("the other region was overridden too")
	}
	if diff := cmp.Diff(provider.Default(), before); diff != "" {
		t.Errorf("the table was changed: %s", diff)
	}
}

func TestWithOverride_OneAddressOnly(t *testing.T) {
	table, err := provider.Default().WithOverride("minimax", "cn", "", "https://proxy.example:8443/anthropic")
	if err != nil {
		t.Fatal(err)
	}
	_, r, _ := table.Find("minimax/cn")
	if r.TokenHosts[0] != "account.minimaxi.com" || r.APIHosts[0] != "proxy.example:8443" || len(r.APIHosts) != 1 {
		t.Errorf("got %+v", r)
	}
	same, err := provider.Default().WithOverride("minimax", "cn", "", "")
	if diff := cmp.Diff(provider.Default(), same); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestWithOverride_Refuses(t *testing.T) {
	for _, address := range []string{
		"account.minimax.io", "http://account.minimax.io", "ftp://127.0.0.1", "https://", "https://u:p@h", "https://h?a=b",
		"https://h#f", "mailto:x@y", "http://127.0.0.1.evil.example", "://", "\x1b[2J", "http://localhost.evil.example:80",
	} {
		for _, pair := range [][2]string{{address, ""}, {"", address}} {
			_, err := provider.Default().WithOverride("minimax", "global", pair[0], pair[1])
			if autherr.KindOf(err) != autherr.Usage || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%q gave %v", pair, err)
			}
		}
	}
	if _, err := provider.Default().WithOverride("minimax", "mars", "", ""); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("another region gave %v", err)
	}
}

func TestCheck(t *testing.T) {
	table := provider.Default()
	p, r, _ := table.Find("minimax")
	bound := provider.Target(p, r).Binding
	if err := table.Check(bound); err != nil {
		t.Errorf("its own account: %v", err)
	}
	moved, _ := table.WithOverride("minimax", "global", "http://127.0.0.1:1", "http://127.0.0.1:1/anthropic")
	for name, tc := range map[string]struct {
		table  provider.Table
		change func(*oauth.Binding)
	}{
		"another configuration": {moved, func(*oauth.Binding) {}},
		"a foreign token host":  {table, func(b *oauth.Binding) { b.TokenHosts = append(b.TokenHosts, "evil.example") }},
		"a foreign API host":    {table, func(b *oauth.Binding) { b.APIHosts = []string{"account.minimax.io"} }},
	} {
		b := provider.Target(p, r).Binding
		tc.change(&b)
		err := tc.table.Check(b)
		if !errors.Is(err, &autherr.Error{Code: autherr.CodeHostNotAllowed}) || autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := table.Check(oauth.Binding{Provider: "gone", Region: "x", TokenURL: "https://gone.example/token"}); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("an unknown provider gave %v", err)
	}
	for _, id := range []string{"gone", "custom:mine", provider.Anthropic} {
		if err := table.Check(oauth.Binding{Provider: id, Region: "global", APIHosts: []string{"gw.example"}}); err != nil {
			t.Errorf("a key of %s at a host of its own: %v", id, err)
		}
	}
}

// The page on which xAI tells of a plan is sealed with new sign-ins; it moves with the
// server that issues the tokens, and where only the models are elsewhere nobody is asked.
func TestWithOverride_ThePageOfThePlan(t *testing.T) {
	const portal, page = "http://127.0.0.1:1", "/v1/billing?format=credits"
	for _, c := range []struct{ oauth, models, want string }{
		{"", "", "https://cli-chat-proxy.grok.com" + page},
		{portal, portal + "/v1", portal + page},
		{portal, "", portal + page},
		{"", portal + "/v1", ""},
	} {
		table, err := provider.Default().WithOverride("xai", "global", c.oauth, c.models)
		if err != nil {
			t.Fatal(err)
		}
		p, r, _ := table.Find("xai")
		b := provider.Target(p, r).Binding
		if b.PlanURL != c.want || slices.Contains(b.APIHosts, "cli-chat-proxy.grok.com") || table.Check(b) != nil {
			t.Errorf("%+v: %+v, %v", c, b, table.Check(b))
		}
		b.PlanURL = "" // an older sign-in
		if err := table.Check(b); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
