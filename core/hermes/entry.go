package hermes

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Entry is an account to be written into auth.json.
type Entry struct {
	ID, Label, Provider, Region string
	Access, Refresh, IDToken    secret.Secret
	TokenType, Scope, ClientID  string
	BaseURL, PortalURL          string
	TokenURL                    string
	AccountID                   string // that its tokens name, where there is one
	ObtainedAt, ExpiresAt       time.Time
	Requests                    uint64
	Limits                      pool.Limits
	Key                         bool // Access is an API key
	// Row is the id of the row that holds an older token of the grant, and
	// Singleton says that the provider's own block does: they are not to stay.
	Row       string
	Singleton bool
}

// newRow is a pool row without tokens.
func (e Entry) newRow(priority int, mirror bool) object {
	source, kind := "manual:device_code", "oauth"
	switch {
	case e.Key:
		source, kind = "manual", record.APIKey
	case mirror:
		source = mirrorSource(e.Provider)
	case e.Provider == provider.MiniMax:
		source = minimaxManual
	}
	var row object
	row.put("id", e.ID)
	row.put("label", e.Label)
	row.put("auth_type", kind)
	row.put("priority", priority)
	row.put("source", source)
	return row
}

// intoRow writes the tokens into a pool row. What was held against it is taken
// back, unless it is known here too.
func (e Entry) intoRow(row *object, now time.Time) {
	row.put("label", e.Label)
	row.put("access_token", e.Access.Reveal())
	if !e.Key {
		row.put("refresh_token", e.Refresh.Reveal())
	}
	e.resting(row, now)
	row.put("base_url", e.BaseURL)
	row.put("request_count", max(e.Requests, uint64(row.integer("request_count", 1e9))))
	if e.Key {
		return
	}
	row.drop("expires_at_ms")
	switch e.Provider {
	case provider.Codex, provider.XAI: // whose tokens say it themselves: nobody would refresh the field
		row.drop("expires_at")
	default:
		row.put("expires_at", stamp(e.ExpiresAt))
	}
	row.put("last_refresh", zulu(e.ObtainedAt))
	for _, set := range [][2]string{
		{"client_id", e.ClientID}, {"scope", e.Scope}, {"token_type", e.TokenType}, {"portal_base_url", e.PortalURL}, {"account_id", e.AccountID},
	} {
		if set[1] != "" {
			row.put(set[0], set[1])
		}
	}
	if row.drop("id_token"); !e.IDToken.IsZero() {
		row.put("id_token", e.IDToken.Reveal())
	}
	switch e.Provider {
	case provider.MiniMax:
		row.put("region", e.Region) // which tells the two servers apart
	case provider.Nous:
		row.put("inference_base_url", e.BaseURL)
		e.agentKey(row)
	}
}

// resting writes the cool-downs in force.
func (e Entry) resting(row *object, now time.Time) {
	for _, key := range []string{
		"last_status", "last_status_at", "last_error_code", "last_error_reason", "last_error_message", "last_error_reset_at",
	} {
		row.put(key, nil)
	}
	if c := e.Limits.Cooldown; c.Holds(now) {
		row.put("last_status", "exhausted")
		row.put("last_status_at", c.At.Unix())
		row.put("last_error_code", known(c.Status))
		row.put("last_error_reason", known(c.Code))
		row.put("last_error_message", known(c.Message))
		row.put("last_error_reset_at", c.Until.Unix())
	}
	models := map[string]int64{}
	for model, c := range e.Limits.Models {
		if c.Holds(now) {
			models[model] = c.Until.Unix()
		}
	}
	row.drop("model_cooldowns")
	if len(models) > 0 {
		row.put("model_cooldowns", models)
	}
}

// intoBlock writes the provider's own block, in the shape that hermes-agent has
// for this provider.
func (e Entry) intoBlock(block *object, now time.Time) {
	block.drop("last_auth_error")
	switch e.Provider {
	case provider.Codex, provider.XAI:
		e.nested(block)
	default:
		e.flat(block, now)
	}
}

func (e Entry) flat(block *object, now time.Time) {
	block.put("provider", e.Provider)
	if e.Provider == provider.MiniMax {
		block.put("region", e.Region)
		if !block.has("resource_url") {
			block.put("resource_url", nil)
		}
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
	block.put("expires_in", seconds(e.ExpiresAt.Sub(now)))
	if e.Provider == provider.Nous {
		e.agentKey(block)
		block.put("agent_key_id", nil)
		block.put("agent_key_expires_in", seconds(e.ExpiresAt.Sub(now)))
		block.put("agent_key_reused", false)
		block.put("agent_key_obtained_at", stamp(e.ObtainedAt))
	}
}

// agentKey writes what hermes-agent sends to Nous's model API: the access token,
// by the name that it had when it was none.
func (e Entry) agentKey(o *object) {
	o.put("agent_key", e.Access.Reveal())
	o.put("agent_key_expires_at", stamp(e.ExpiresAt))
}

func (e Entry) nested(block *object) {
	tokens := block.object("tokens")
	tokens.put("access_token", e.Access.Reveal())
	tokens.put("refresh_token", e.Refresh.Reveal())
	if tokens.drop("id_token"); !e.IDToken.IsZero() {
		tokens.put("id_token", e.IDToken.Reveal())
	}
	if e.Provider == provider.Codex {
		if e.AccountID != "" {
			tokens.put("account_id", e.AccountID)
		}
		block.put("auth_mode", "chatgpt")
	} else {
		tokens.put("token_type", e.TokenType)
		tokens.put("expires_in", seconds(e.ExpiresAt.Sub(e.ObtainedAt)))
		block.put("auth_mode", "oauth_device_code")
		if !block.has("redirect_uri") {
			block.put("redirect_uri", "")
		}
		if !block.has("discovery") && e.TokenURL != "" {
			block.put("discovery", map[string]string{"token_endpoint": e.TokenURL})
		}
	}
	block.set("tokens", tokens.bytes())
	block.put("last_refresh", zulu(e.ObtainedAt))
}

func seconds(d time.Duration) int64 { return max(int64(d/time.Second), 0) }

// known is v, null where it is nothing.
func known[T comparable](v T) any {
	var none T
	if v == none {
		return nil
	}
	return v
}

// zulu is stamp as hermes-agent writes it for xAI and Codex.
func zulu(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// stamp writes a time for hermes-agent, null when it is not known.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return python(t)
}
