package hermes

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Entry is an account to be written into auth.json.
type Entry struct {
	ID, Label, Provider, Region string
	Access, Refresh             secret.Secret
	TokenType, Scope, ClientID  string
	BaseURL, PortalURL          string
	TokenURL                    string
	ObtainedAt, ExpiresAt       time.Time
	Requests                    uint64
}

// NewFile is an auth.json that holds nothing yet.
func NewFile() *File {
	f := &File{Format: AuthJSON}
	f.top.put("version", 1)
	f.top.put("active_provider", nil)
	f.top.put(sectionProviders, map[string]any{})
	f.top.put(sectionPool, map[string]any{})
	return f
}

// With returns the file's bytes with accounts put in, in this order. An account
// whose id stands in its provider's pool takes that row's place; else the first
// one of a provider without a sign-in becomes its singleton, together with the
// pool row that mirrors it, and every other one a row of its own. What else
// stands in a row or block is kept; a dead one is alive again.
func (f *File) With(entries []Entry, now time.Time) ([]byte, error) {
	top := f.top.copy()
	providers, pools := top.object(sectionProviders), top.object(sectionPool)
	shelves := map[string]*shelf{}
	for _, e := range entries {
		pool, ok := shelves[e.Provider]
		if !ok {
			pool = newShelf(pools.values[e.Provider])
			shelves[e.Provider] = pool
		}
		block := providers.object(e.Provider)
		row, at, found := pool.find(e.ID)
		mirror := found && ownsSecret(e.Provider, row.text("source"))
		if !found {
			mirror = blockFree(block)
			row = e.newRow(at, mirror)
		}
		e.intoRow(&row)
		pool.put(at, e.ID, row.bytes())
		if mirror {
			e.intoBlock(&block, now)
			providers.set(e.Provider, block.bytes())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(shelves)) {
		pools.set(id, joined(shelves[id].rows))
	}
	return f.rendered(top, providers, pools, now)
}

// shelf is a provider's pool with the places of its ids.
type shelf struct {
	rows []json.RawMessage
	at   map[string]int
}

func newShelf(raw json.RawMessage) *shelf {
	s := &shelf{at: map[string]int{}}
	s.rows, _ = list(raw)
	for i, raw := range s.rows {
		if row, err := parseObject(raw); err == nil && row.has("id") {
			s.at[row.text("id")] = i
		}
	}
	return s
}

// find returns the row with an id and its place, or the place for a new one.
func (s *shelf) find(id string) (row object, at int, found bool) {
	at, found = s.at[id]
	if !found {
		return object{}, len(s.rows), false
	}
	row, _ = parseObject(s.rows[at])
	return row, at, true
}

func (s *shelf) put(at int, id string, row json.RawMessage) {
	if at == len(s.rows) {
		s.rows = append(s.rows, nil)
	}
	s.rows[at], s.at[id] = row, at
}

// blockFree reports whether a provider's block holds no tokens.
func blockFree(block object) bool {
	return !block.has("access_token") && !block.has("refresh_token") &&
		!block.object("tokens").has("access_token") && !block.object("tokens").has("refresh_token")
}

// newRow is a pool row without tokens.
func (e Entry) newRow(priority int, mirror bool) object {
	source := "manual:device_code"
	switch {
	case mirror:
		source = mirrorSource(e.Provider)
	case e.Provider == "minimax-oauth":
		source = minimaxManual
	}
	var row object
	row.put("id", e.ID)
	row.put("label", e.Label)
	row.put("auth_type", "oauth")
	row.put("priority", priority)
	row.put("source", source)
	return row
}

// intoRow writes the tokens into a pool row and takes back what was held
// against it.
func (e Entry) intoRow(row *object) {
	row.put("label", e.Label)
	row.put("access_token", e.Access.Reveal())
	row.put("refresh_token", e.Refresh.Reveal())
	for _, key := range []string{
		"last_status", "last_status_at", "last_error_code", "last_error_reason", "last_error_message", "last_error_reset_at",
	} {
		row.put(key, nil)
	}
	row.put("base_url", e.BaseURL)
	row.drop("expires_at_ms")
	row.put("expires_at", stamp(e.ExpiresAt))
	row.put("last_refresh", stamp(e.ObtainedAt))
	row.put("request_count", max(e.Requests, uint64(row.integer("request_count", 1e9))))
	for _, set := range [][2]string{
		{"region", e.Region}, {"client_id", e.ClientID}, {"scope", e.Scope}, {"token_type", e.TokenType}, {"portal_base_url", e.PortalURL},
	} {
		if set[1] != "" {
			row.put(set[0], set[1])
		}
	}
}

// intoBlock writes the provider's own block, in the shape that hermes-agent has
// for this provider.
func (e Entry) intoBlock(block *object, now time.Time) {
	block.drop("last_auth_error")
	switch e.Provider {
	case "openai-codex", "xai-oauth":
		e.nested(block)
	default:
		e.flat(block, now)
	}
}

func (e Entry) flat(block *object, now time.Time) {
	block.put("provider", e.Provider)
	if e.Region != "" && e.Provider == "minimax-oauth" {
		block.put("region", e.Region)
	}
	block.put("portal_base_url", e.PortalURL)
	block.put("inference_base_url", e.BaseURL)
	block.put("client_id", e.ClientID)
	block.put("scope", e.Scope)
	block.put("token_type", e.TokenType)
	block.put("access_token", e.Access.Reveal())
	block.put("refresh_token", e.Refresh.Reveal())
	block.put("obtained_at", stamp(e.ObtainedAt))
	block.put("expires_at", stamp(e.ExpiresAt))
	block.put("expires_in", max(int64(e.ExpiresAt.Sub(now)/time.Second), 0))
	if e.Provider == "nous" { // its access token is the key of the model API
		block.put("agent_key", e.Access.Reveal())
		block.put("agent_key_expires_at", stamp(e.ExpiresAt))
	}
}

func (e Entry) nested(block *object) {
	tokens := block.object("tokens")
	tokens.put("access_token", e.Access.Reveal())
	tokens.put("refresh_token", e.Refresh.Reveal())
	tokens.put("token_type", e.TokenType)
	block.set("tokens", tokens.bytes())
	block.put("last_refresh", stamp(e.ObtainedAt))
	if e.Provider == "openai-codex" {
		block.put("auth_mode", "chatgpt")
		return
	}
	block.put("auth_mode", "oauth_device_code")
	if !block.has("discovery") && e.TokenURL != "" {
		block.put("discovery", map[string]string{"token_endpoint": e.TokenURL})
	}
}

// stamp writes a time for hermes-agent, null when it is not known.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return python(t)
}

// PortalOf is the address of the authorization server as hermes-agent writes it
// down: MiniMax's is the older one, from which it is redirected.
func PortalOf(b oauth.Binding) string {
	address := b.LegacyTokenURL
	if address == "" {
		address = b.TokenURL
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
