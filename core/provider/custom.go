package provider

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Custom is a provider that a person describes in the configuration: one that
// speaks RFC 8628. Its endpoints are given, or named by its issuer (RFC 8414,
// OpenID Connect Discovery).
type Custom struct {
	Name          string
	Aliases       []string
	Note          string
	Issuer        string
	DeviceURL     string
	TokenURL      string
	RevocationURL string // where tokens are taken back (RFC 7009); empty: where the issuer says
	ClientID      string
	Scopes        []string
	Audience      string
	PKCE          bool
	Fields        map[string]string // further form fields of token requests
	Headers       map[string]string // further headers of token requests
	Skew          time.Duration     // default one minute
	Grace         time.Duration     // for how long a refresh token is taken again
	TerminalCodes []string          // default invalid_grant
	TokenHosts    []string          // besides those of the addresses above
	PageHosts     []string          // besides those of the addresses above
	BaseURL       string            // of the model API
	API           string            // default anthropic_messages where BaseURL ends with /anthropic, else chat_completions
	APIHosts      []string          // besides those of BaseURL and Wires
	Wires         map[string]string // what its API speaks beside API, and the base URL of each
	APIHeaders    map[string]string // further headers of requests to the model API; a program's own go before
	DeviceHeader  string            // header in which every request names the device of its sign-in; empty: none
	UsageURL      string            // where it tells what is left of a plan; empty: nowhere but in headers
	Usage         *CustomUsage      // in which fields
	Exchange      *CustomExchange   // of the sign-in's token for one that the API takes; nil: it takes that one
}

// isID reports whether s can be an id or alias: it stands in commands, beside a
// slash.
func isID(s string) bool {
	return s != "" && len(s) <= 40 && !strings.ContainsRune("._-", rune(s[0])) && made(s, lowerAlnum+"._-")
}

const lowerAlnum = "abcdefghijklmnopqrstuvwxyz0123456789"

// made reports whether s consists of these characters alone.
func made(s, of string) bool {
	return strings.Trim(s, of) == ""
}

// reserved are the form fields of the protocol itself (RFC 6749, 7636, 8628).
var reserved = []string{
	"grant_type", "client_id", "device_code", "user_code", "refresh_token", "code", "code_verifier", "code_challenge",
	"code_challenge_method", "scope", "audience", "redirect_uri",
}

// With returns a table with another provider in it. Errors are usage errors that
// say which setting is wrong.
func (t Table) With(id string, c Custom) (Table, error) {
	p, err := c.provider(id)
	if err != nil {
		return nil, err
	}
	// A description goes before a row that is known for its keys only.
	t = slices.DeleteFunc(slices.Clone(t), func(other Provider) bool { return other.KeysOnly && other.ID == p.ID })
	for _, name := range append([]string{p.ID}, p.Aliases...) {
		if !isID(name) {
			return nil, wrongSetting(id, "", "cannot be called "+quoted(name)+": a name has a-z, 0-9, dot, hyphen and underscore")
		}
		if other, _, err := t.Find(name); err == nil {
			return nil, wrongSetting(id, "", "cannot be called "+quoted(name)+", which means "+other.Name+" already")
		}
	}
	if err := t.checkNames(p); err != nil {
		return nil, err
	}
	return append(slices.Clone(t), p), nil
}

// provider checks the description and turns it into a row of the table.
func (c Custom) provider(id string) (Provider, error) {
	if err := c.check(id); err != nil {
		return Provider{}, err
	}
	p := Provider{
		ID: id, Configured: true, Name: firstOf(c.Name, id), Aliases: c.Aliases, Label: id, Protocol: DeviceCode,
		ClientID: c.ClientID, Scope: strings.Join(c.Scopes, " "), API: c.api(),
		Skew: c.Skew, Grace: c.Grace, TerminalCodes: c.TerminalCodes, Note: c.Note,
		Device:     oauth.DeviceRules{PKCE: c.PKCE, Audience: c.Audience, Fields: c.Fields, Headers: c.Headers, DeviceHeader: c.DeviceHeader},
		APIHeaders: c.APIHeaders, Exchange: c.Exchange.rules(), Described: c.described(),
	}
	if p.Skew == 0 {
		p.Skew = time.Minute
	}
	if len(p.TerminalCodes) == 0 {
		p.TerminalCodes = []string{"invalid_grant"}
	}
	r := Region{
		ID: "global", Name: "Global", ProviderName: p.Name, Short: p.Name,
		Issuer: c.Issuer, DeviceURL: c.DeviceURL, TokenURL: c.TokenURL, RevokeURL: c.RevocationURL, BaseURL: baseFor(c.api(), c.BaseURL),
		TokenHosts: slices.Clone(c.TokenHosts), PageHosts: slices.Clone(c.PageHosts), APIHosts: slices.Clone(c.APIHosts),
	}
	for _, address := range []string{c.Issuer, c.DeviceURL, c.TokenURL, c.RevocationURL} {
		if address == "" {
			continue
		}
		_, host, err := baseURL(address)
		if err != nil {
			return Provider{}, err
		}
		r.TokenHosts, r.PageHosts = add(r.TokenHosts, host), add(r.PageHosts, host)
	}
	if c.Exchange != nil {
		_, host, err := baseURL(c.Exchange.URL)
		if err != nil {
			return Provider{}, err
		}
		r.ExchangeURL, r.TokenHosts = c.Exchange.URL, add(r.TokenHosts, host)
	}
	_, host, err := baseURL(c.BaseURL)
	if err != nil {
		return Provider{}, err
	}
	also, hosts, err := c.further(id)
	if err != nil {
		return Provider{}, err
	}
	r.Also = also
	if c.UsageURL != "" {
		_, host, err := baseURL(c.UsageURL)
		if err != nil {
			return Provider{}, err
		}
		hosts = append(hosts, host)
	}
	for _, host := range append([]string{host}, hosts...) {
		r.APIHosts = add(r.APIHosts, host)
	}
	r.Host = r.PageHosts[0]
	p.Regions = []Region{r}
	return p, nil
}

// baseFor is a base URL without a trailing slash, and without the /v1 that
// clients of Anthropic Messages add themselves.
func baseFor(api, address string) string {
	base := strings.TrimRight(strings.TrimSpace(address), "/")
	if api == oauth.AnthropicMessages {
		base = strings.TrimSuffix(base, "/v1")
	}
	return base
}

// api is what the API speaks: what is said, else what its address says.
func (c Custom) api() string {
	if c.API != "" {
		return c.API
	}
	return apiAt(c.BaseURL)
}

// check returns what is missing or wrong in the description.
func (c Custom) check(id string) error {
	switch {
	case c.ClientID == "":
		return wrongSetting(id, "client_id", "is missing")
	case c.Issuer == "" && (c.DeviceURL == "" || c.TokenURL == ""):
		return wrongSetting(id, "issuer", "is missing: give it, or both device_url and token_url")
	case c.BaseURL == "":
		return wrongSetting(id, "base_url", "is missing: where its models are")
	case c.API != "" && !slices.Contains(formats(), c.API):
		return wrongSetting(id, "api", "is "+quoted(c.API)+", not one of "+strings.Join(formats(), ", "))
	case c.Skew < 0 || c.Skew > 24*time.Hour:
		return wrongSetting(id, "skew", "is "+c.Skew.String()+", not between 0 and 24h")
	}
	for _, pair := range [][2]string{{"issuer", c.Issuer}, {"device_url", c.DeviceURL}, {"token_url", c.TokenURL}, {"revocation_url", c.RevocationURL}, {"base_url", c.BaseURL}} {
		if _, _, err := baseURL(pair[1]); pair[1] != "" && err != nil {
			return wrongSetting(id, pair[0], "is wrong: "+err.Error())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		if slices.Contains(reserved, name) {
			return wrongSetting(id, "fields", "has "+quoted(name)+", which the protocol sets itself")
		}
	}
	if err := checkHeaders(id, "headers", c.Headers); err != nil {
		return err
	}
	if err := checkHeaders(id, "api_headers", c.APIHeaders, credentials...); err != nil {
		return err
	}
	if c.DeviceHeader != "" {
		if err := checkHeaders(id, "device_header", map[string]string{c.DeviceHeader: ""}, credentials...); err != nil {
			return err
		}
	}
	if err := c.checkUsage(id); err != nil {
		return err
	}
	if err := c.Exchange.check(id); err != nil {
		return err
	}
	return c.checkHosts(id)
}

func (c Custom) checkHosts(id string) error {
	for _, list := range []struct {
		setting string
		hosts   []string
	}{{"token_hosts", c.TokenHosts}, {"page_hosts", c.PageHosts}, {"api_hosts", c.APIHosts}} {
		for _, host := range list.hosts {
			if !plainHost(strings.TrimPrefix(host, "*.")) || list.setting != "token_hosts" && strings.HasPrefix(host, "*") {
				return wrongSetting(id, list.setting, "has "+quoted(host)+", which is not a host such as id.example.com")
			}
		}
	}
	return nil
}

// ownHeaders are fields that every request of ours sets itself.
var ownHeaders = []string{"host", "content-type", "content-length", "transfer-encoding", "accept", "connection"}

// credentials are fields of a request to a model API that carry a token, and are
// ours.
var credentials = []string{"Authorization", "X-Api-Key", "Api-Key", "Proxy-Authorization", "Cookie"}

// plainHost reports whether s is a host, perhaps with a port, in lower case.
func plainHost(s string) bool {
	u, err := url.Parse("https://" + s)
	return err == nil && s != "" && u.Host == s && oauth.HostOf(u) == s && !strings.ContainsAny(s, "*@")
}

func wrongSetting(id, setting, why string) error {
	what := "the provider " + quoted(id) + " in the configuration "
	if setting != "" {
		what = setting + " of " + what
	}
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeUsage, Message: what + why,
		Hint: "docs/providers.md describes every setting",
	}
}

func add(list []string, host string) []string {
	if slices.Contains(list, host) {
		return list
	}
	return append(list, host)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// WithAll returns a table with all of these providers in it, in the order of
// their ids.
func (t Table) WithAll(described map[string]Custom) (Table, error) {
	for _, id := range slices.Sorted(maps.Keys(described)) {
		next, err := t.With(id, described[id])
		if err != nil {
			return nil, err
		}
		t = next
	}
	return t, nil
}
