package provider_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

func acme() provider.Custom {
	return provider.Custom{
		Name: "Acme", Issuer: "https://id.acme.example", ClientID: "c", Scopes: []string{"a", "b"},
		BaseURL: "https://api.acme.example/v1/",
	}
}

func TestWith(t *testing.T) {
	table, err := provider.Default().With("acme", acme())
	if err != nil {
		t.Fatal(err)
	}
	p, r, err := table.Find("ACME")
	if err != nil || p.Skew != time.Minute || p.TerminalCodes[0] != "invalid_grant" {
		t.Fatalf("%+v, %v", p, err)
	}
	want := oauth.Target{
		Binding: oauth.Binding{
			Provider: "acme", Region: "global", ClientID: "c", Scope: "a b", API: "chat_completions",
			TokenHosts: []string{"id.acme.example"}, APIHosts: []string{"api.acme.example"}, BaseURL: "https://api.acme.example/v1",
		},
		ProviderName: "Acme", Issuer: "https://id.acme.example", PageHosts: []string{"id.acme.example"},
	}
	if diff := cmp.Diff(want, provider.Target(p, r)); diff != "" {
		t.Error(diff)
	}
	if f, err := p.Flow(nil); err != nil || f == nil {
		t.Errorf("its flow is %v, %v", f, err)
	}
	if len(provider.Default().Choices())+1 != len(table.Choices()) {
		t.Error("it is not offered")
	}
	if label := p.DefaultLabel(func(string) bool { return false }); label != "acme" {
		t.Errorf("accounts are called %q", label)
	}
}

// An account of an issuer that had a pattern on its list is bound to a host
// below it, and fits the configuration.
func TestWith_CheckTakesPatterns(t *testing.T) {
	c := acme()
	c.TokenHosts = []string{"*.acme.example"}
	table, err := provider.Default().With("acme", c)
	if err != nil {
		t.Fatal(err)
	}
	b := oauth.Binding{Provider: "acme", Region: "global", TokenHosts: []string{"login.acme.example"}, APIHosts: []string{"api.acme.example"}}
	if err := table.Check(b); err != nil {
		t.Error(err)
	}
	b.TokenHosts = []string{"acme.example.evil.example"}
	if err := table.Check(b); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("a foreign host gave %v", err)
	}
}

func TestWith_Refuses(t *testing.T) {
	for name, tc := range map[string]struct {
		id     string
		change func(*provider.Custom)
		says   string
	}{
		"no client":             {"acme", func(c *provider.Custom) { c.ClientID = "" }, "client_id"},
		"no endpoint":           {"acme", func(c *provider.Custom) { c.Issuer = "" }, "issuer"},
		"half the endpoints":    {"acme", func(c *provider.Custom) { c.Issuer, c.DeviceURL = "", "https://id.acme.example/d" }, "token_url"},
		"no API":                {"acme", func(c *provider.Custom) { c.BaseURL = "" }, "base_url"},
		"another API":           {"acme", func(c *provider.Custom) { c.API = "chat_completion" }, "chat_completion"},
		"plain http":            {"acme", func(c *provider.Custom) { c.Issuer = "http://id.acme.example" }, "issuer"},
		"no URL":                {"acme", func(c *provider.Custom) { c.BaseURL = "api.acme.example" }, "base_url"},
		"a negative skew":       {"acme", func(c *provider.Custom) { c.Skew = -1 }, "skew"},
		"a field of ours":       {"acme", func(c *provider.Custom) { c.Fields = map[string]string{"grant_type": "password"} }, "grant_type"},
		"a header of ours":      {"acme", func(c *provider.Custom) { c.Headers = map[string]string{"content-type": "x"} }, "content-type"},
		"a header that breaks":  {"acme", func(c *provider.Custom) { c.Headers = map[string]string{"X-A": "b\r\nX-C: d"} }, "X-A"},
		"a host with a path":    {"acme", func(c *provider.Custom) { c.TokenHosts = []string{"acme.example/x"} }, "token_hosts"},
		"every host":            {"acme", func(c *provider.Custom) { c.TokenHosts = []string{"*"} }, "token_hosts"},
		"a pattern for the API": {"acme", func(c *provider.Custom) { c.APIHosts = []string{"*.acme.example"} }, "api_hosts"},
		"an exchange nowhere":   {"acme", func(c *provider.Custom) { c.Exchange = &provider.CustomExchange{} }, "url"},
		"a plain exchange":      {"acme", func(c *provider.Custom) { c.Exchange = exchangeAt("http://id.acme.example/x", oauth.Exchange{}) }, "exchange"},
		"a field without name": {"acme", func(c *provider.Custom) {
			c.Exchange = exchangeAt("https://id.acme.example/x", oauth.Exchange{Base: "endpoints."})
		}, "endpoints."},
		"a header without name": {"acme", func(c *provider.Custom) {
			c.Exchange = exchangeAt("https://id.acme.example/x", oauth.Exchange{Header: "X A"})
		}, "X A"},
		"a scheme that breaks": {"acme", func(c *provider.Custom) {
			c.Exchange = exchangeAt("https://id.acme.example/x", oauth.Exchange{Scheme: "a\r\nb"})
		}, "scheme"},
		"two grants": {"acme", func(c *provider.Custom) {
			c.Exchange = exchangeAt("https://id.acme.example/x", oauth.Exchange{Headers: map[string]string{"authorization": "x"}})
		}, "authorization"},
		"a token for the API":  {"acme", func(c *provider.Custom) { c.APIHeaders = map[string]string{"x-api-key": "x"} }, "x-api-key"},
		"no device header":     {"acme", func(c *provider.Custom) { c.DeviceHeader = "Cookie" }, "device_header"},
		"fields of nothing":    {"acme", func(c *provider.Custom) { c.Usage = &provider.CustomUsage{Balance: "left"} }, "usage_url"},
		"usage without fields": {"acme", func(c *provider.Custom) { c.UsageURL = "https://api.acme.example/u" }, "usage"},
		"usage of nothing":     {"acme", usageAt("https://api.acme.example/u", provider.CustomUsage{}), "names no field"},
		"plain usage":          {"acme", usageAt("http://api.acme.example/u", provider.CustomUsage{Balance: "left"}), "usage_url"},
		"used, and of what":    {"acme", usageAt("https://api.acme.example/u", provider.CustomUsage{DescribedWindow: usage.DescribedWindow{Used: "used"}}), "limit"},
		"a window of years":    {"acme", usageAt("https://api.acme.example/u", provider.CustomUsage{DescribedWindow: usage.DescribedWindow{UsedPercent: "p", Length: 9999 * time.Hour}}), "9999h"},
		"a path that ends":     {"acme", usageAt("https://api.acme.example/u", provider.CustomUsage{Windows: []usage.DescribedWindow{{UsedPercent: "data."}}}), "used_percent"},
		"an upper-case name":   {"Acme", func(*provider.Custom) {}, "Acme"},
		"a slash":              {"acme/x", func(*provider.Custom) {}, "acme/x"},
		"a built-in name":      {"minimax", func(*provider.Custom) {}, "MiniMax already"},
		"a built-in alias":     {"acme", func(c *provider.Custom) { c.Aliases = []string{"minimax-portal"} }, "MiniMax already"},
		"control characters":   {"acme", func(c *provider.Custom) { c.Issuer = "https://x\x1b[2J" }, "issuer"},
	} {
		t.Run(name, func(t *testing.T) {
			c := acme()
			tc.change(&c)
			_, err := provider.Default().With(tc.id, c)
			if autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), tc.says) || strings.ContainsAny(err.Error(), "\x1b\r\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An address that ends as Anthropic's clients know it speaks Anthropic Messages,
// unless something else is said.
func TestWith_API(t *testing.T) {
	for name, tc := range map[string]struct{ base, api, wantBase, wantAPI string }{
		"nothing said":     {"https://a.example/v1/", "", "https://a.example/v1", "chat_completions"},
		"anthropic":        {"https://a.example/anthropic/", "", "https://a.example/anthropic", "anthropic_messages"},
		"anthropic, v1":    {"https://a.example/anthropic/v1", "", "https://a.example/anthropic", "anthropic_messages"},
		"something said":   {"https://a.example/anthropic", "codex_responses", "https://a.example/anthropic", "codex_responses"},
		"messages at a v1": {"https://a.example/v1", "anthropic_messages", "https://a.example", "anthropic_messages"},
	} {
		c := acme()
		c.BaseURL, c.API = tc.base, tc.api
		table, err := provider.Default().With("acme", c)
		if err != nil {
			t.Fatal(err)
		}
		if p, r, _ := table.Find("acme"); r.BaseURL != tc.wantBase || p.API != tc.wantAPI {
			t.Errorf("%s: %s at %s", name, p.API, r.BaseURL)
		}
	}
}

func exchangeAt(url string, e oauth.Exchange) *provider.CustomExchange {
	return &provider.CustomExchange{URL: url, Exchange: e}
}

// The host of an exchange may receive the grant, and no approval page is there.
func TestWith_Exchange(t *testing.T) {
	c := acme()
	c.Exchange = exchangeAt("https://keys.acme.example/v2/token", oauth.Exchange{NotIncluded: []string{"No_Plan"}})
	table, err := provider.Default().With("acme", c)
	if err != nil {
		t.Fatal(err)
	}
	p, r, _ := table.Find("acme")
	b := provider.Target(p, r).Binding
	if b.ExchangeURL != c.Exchange.URL || !slices.Contains(b.TokenHosts, "keys.acme.example") || slices.Contains(r.PageHosts, "keys.acme.example") || p.Exchange.NotIncluded[0] != "no_plan" {
		t.Errorf("got %+v of %+v", b, r)
	}
	if c.Exchange.NotIncluded[0] != "No_Plan" {
		t.Error("the description was changed")
	}
}

func usageAt(url string, u provider.CustomUsage) func(*provider.Custom) {
	return func(c *provider.Custom) { c.UsageURL, c.Usage = url, &u }
}
