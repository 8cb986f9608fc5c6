package hermes

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Position is where a row stands.
type Position struct {
	Section  string // "providers", "credential_pool", "systems", "shared"; empty: the file is the row
	Provider string // hermes-agent's id, such as "minimax-oauth"
	ID       string // of a pool row; empty for a singleton
	Index    int    // in the pool's list
}

// Singleton reports whether this is the provider's own block rather than a row
// of its pool.
func (p Position) Singleton() bool { return p.Section != sectionPool }

// poolID is the id that an account may keep: that of a row of hermes-agent's pool.
func (p Position) poolID() string {
	if p.Singleton() {
		return ""
	}
	return p.ID
}

// Who is the provider's name in the file, fit to be shown.
func (p Position) Who() string { return shown(p.Provider) }

// String names the place as a person finds it: "providers.nous",
// "credential_pool.nous d4e5f6".
func (p Position) String() string {
	switch {
	case p.Section == "":
		return shown(p.Provider)
	case p.Section == "accounts", p.Section == "opencode":
		return p.Section + " " + p.ID
	case p.Section == sectionLegacy:
		return "systems.nous_portal"
	case p.Singleton():
		return p.Section + "." + shown(p.Provider)
	case p.ID == "":
		return p.Section + "." + shown(p.Provider)
	default:
		return p.Section + "." + shown(p.Provider) + " " + p.ID
	}
}

// Row is one credential as it is written down, or what is known of one that is
// kept elsewhere. Whatever a person may see of it was cleaned.
type Row struct {
	Position
	Label    string
	AuthType string // "oauth", "api_key"
	Source   string // "device_code", "manual:…", "env:VAR", …
	Priority int
	Requests uint64

	Access    secret.Secret
	Refresh   secret.Secret
	IDToken   secret.Secret
	Identity  oauth.Identity
	TokenType string
	Scope     string
	ClientID  string
	Region    string // "global", "cn"; empty when the row does not say
	BaseURL   string // of the model API, as written: not yet checked against any list
	PortalURL string // of the authorization server, as written

	ObtainedAt time.Time
	ExpiresAt  time.Time // zero when unknown
	ExpiryErr  error     // the expiry is there and cannot be read

	// Dead says that hermes-agent gave the grant up; Marker, which may be nil,
	// says why.
	Dead   bool
	Marker *record.Note
	// Limits are the cool-downs that hermes-agent knew of.
	Limits pool.Limits

	Borrowed  string // whence the secret is borrowed, such as "env:VAR"; empty: it is the row's own
	Anonymous bool   // a free-tier identity without an account
	Insecure  bool   // it switches certificate checks off, which is not taken over
	Odd       string // why the row cannot be read at all: "is not an object"
}

// HasTokens reports whether there is something to take over.
func (r Row) HasTokens() bool { return !r.Access.IsZero() || !r.Refresh.IsZero() }

// poolRow reads a row of credential_pool.
func poolRow(provider string, index int, raw json.RawMessage, alone bool, now time.Time) Row {
	row := Row{Position: Position{Section: sectionPool, Provider: provider, Index: index}, AuthType: "oauth"}
	o, err := parseObject(raw)
	if err != nil {
		row.Odd = err.Error()
		return row
	}
	row.ID = o.words("id", 64)
	row.Source = o.words("source", 80)
	row.Priority = o.integer("priority", 1e6)
	row.Requests = uint64(o.integer("request_count", 1e9))
	row.common(o)
	keys := !signsIn(provider) && row.Refresh.IsZero()
	if kind := o.text("auth_type"); kind == "api_key" || kind == "" && keys { // as hermes-agent reads it
		row.AuthType = "api_key"
	}
	row.Access = o.token("access_token", "agent_key", "api_key")
	row.IDToken = o.token("id_token")
	row.times(o, now)
	row.Identity = identity(row, o)
	row.status(o, alone, now)
	if borrowed(provider, row.Source) {
		row.Borrowed = row.Source
		row.Access, row.Refresh, row.IDToken = secret.Secret{}, secret.Secret{}, secret.Secret{}
	}
	return row
}

// common reads what pool rows and flat singletons have alike.
func (r *Row) common(o object) {
	r.Access, r.Refresh = o.token("access_token"), o.token("refresh_token")
	r.TokenType = o.words("token_type", 40)
	r.Scope = o.words("scope", 500)
	r.ClientID = o.words("client_id", 200)
	r.Region = strings.ToLower(o.words("region", 20))
	r.PortalURL = o.words("portal_base_url", 300)
	r.BaseURL = o.words("inference_base_url", 300)
	if r.BaseURL == "" {
		r.BaseURL = o.words("base_url", 300)
	}
	r.Anonymous = o.text("auth_method") == "anonymous" || o.has("anon_token")
	r.Insecure = o.object("tls").truth("insecure")
	r.Label = r.label(o)
}

// label is the row's own, unless it holds one of its tokens, or is only the name
// of its source: that is what hermes-agent writes where a person gave none.
func (r *Row) label(o object) string {
	label := r.labelled(o, "label")
	if label == r.Source || ownsSecret(r.Provider, label) {
		return ""
	}
	return label
}

// labelled is a text of the row that can name it.
func (r *Row) labelled(o object, key string) string {
	label := o.text(key)
	for _, s := range []secret.Secret{r.Access, r.Refresh} {
		if !s.IsZero() && strings.Contains(label, s.Reveal()) {
			return ""
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(secret.Clean(label, 80), "/", "-"))
}

// owned are the sources, beside "manual", whose rows hold secrets of their own:
// the mirrors of a provider's singleton (auth.py, "secret ownership"; xAI's was
// called loopback_pkce before).
var owned = map[string][]string{
	"minimax-oauth": {"oauth"},
	"nous":          {"device_code"},
	"openai-codex":  {"device_code"},
	"xai-oauth":     {"device_code", "loopback_pkce"},
	"anthropic":     {"hermes_pkce"},
}

// signsIn reports whether hermes-agent signs in to a provider rather than asking
// for an API key.
func signsIn(provider string) bool {
	return len(owned[provider]) > 0 || strings.HasSuffix(provider, "-oauth")
}

// mirrors reports whether the row is a copy of the provider's singleton.
func (r Row) mirrors() bool { return !r.Singleton() && ownsSecret(r.Provider, r.Source) }

func ownsSecret(provider, source string) bool {
	for _, s := range owned[provider] {
		if s == source {
			return true
		}
	}
	return false
}

// borrowed reports whether a row's secret is somebody else's: it is in a
// variable, a file or a vault, and should not stand in auth.json.
func borrowed(provider, source string) bool {
	manual := source == "" || source == "manual" || strings.HasPrefix(source, "manual:")
	return !manual && !ownsSecret(provider, source)
}
