package hermes

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// singleton reads a provider's own block. Nous and MiniMax write their tokens
// flat, xAI and Codex under "tokens". A block with neither tokens nor a marker
// is what a sign-out leaves behind: no row.
func singleton(provider string, raw json.RawMessage, now time.Time) (Row, bool) {
	row := Row{Position: Position{Section: sectionProviders, Provider: provider}, AuthType: "oauth"}
	o, err := parseObject(raw)
	if err != nil {
		row.Odd = err.Error()
		return row, !isNull(raw)
	}
	row.common(o)
	if inner := o.object("tokens"); len(inner.keys) > 0 {
		row.Access, row.Refresh, row.IDToken = inner.token("access_token"), inner.token("refresh_token"), inner.token("id_token")
		row.TokenType = inner.words("token_type", 40)
	}
	if row.PortalURL == "" {
		row.PortalURL = o.object("discovery").words("token_endpoint", 300)
	}
	if provider == "nous" && row.Access.IsZero() {
		row.Access = o.token("agent_key") // what it was called before tokens were JWTs
	}
	row.times(merged(o, o.object("tokens")), now)
	if row.Source == "" {
		row.Source = mirrorSource(provider)
	}
	row.Identity = identity(row, o.object("tokens"))
	row.Marker = marker(provider, o, row)
	row.Dead = row.Marker != nil && !row.HasTokens()
	return row, row.HasTokens() || row.Marker != nil
}

// identity is whose grant it is, as its tokens say; a token that is no JWT says
// nothing.
func identity(row Row, o object) oauth.Identity {
	var named []secret.Secret
	for _, token := range []secret.Secret{o.token("id_token"), row.Access} {
		if strings.Count(token.Reveal(), ".") == 2 {
			named = append(named, token)
		}
	}
	if len(named) == 0 {
		return oauth.Identity{}
	}
	return oauth.IdentityOf(named...)
}

// mirrorSource is what the pool calls the singleton.
func mirrorSource(provider string) string {
	if sources := owned[provider]; len(sources) > 0 {
		return sources[0]
	}
	return "oauth"
}

// merged is outer with the keys of inner that it does not have.
func merged(outer, inner object) object {
	all := object{values: map[string]json.RawMessage{}}
	for _, o := range []object{outer, inner} {
		for _, key := range o.keys {
			if !all.has(key) {
				all.set(key, o.values[key])
			}
		}
	}
	return all
}

// marker reads last_auth_error. It stays behind when a later refresh worked, so
// it counts only where there are no tokens.
func marker(provider string, o object, row Row) *record.Note {
	if !o.has("last_auth_error") {
		return nil
	}
	e := o.object("last_auth_error")
	clean := cleaner(row)
	note := &record.Note{
		Provider: shown(provider), Relogin: true,
		Code: clean(e.text("code"), 60), Message: clean(e.text("message"), 300), Reason: clean(e.text("reason"), 60),
		At: moment(e, "at"),
	}
	return filled(note)
}

// cleaner makes what a server once said fit to be kept and shown.
func cleaner(row Row) func(string, int) string {
	known := secret.NewScrubber(row.Access, row.Refresh)
	return func(s string, limit int) string { return secret.Clean(known.Scrub(s), limit) }
}
