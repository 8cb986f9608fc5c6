package hermes

import (
	"cmp"
	"strconv"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// codexMultiRows reads codex-multi-auth's accounts (lib/storage/public-types.ts):
// one row for each, with times in milliseconds.
func codexMultiRows(top object, now time.Time) (rows []Row) {
	accounts, _ := list(top.values["accounts"])
	for i, raw := range accounts {
		row := Row{Position: Position{Section: "accounts", Provider: provider.Codex, ID: strconv.Itoa(i + 1), Index: i}, AuthType: record.OAuth, Priority: i}
		o, err := parseObject(raw)
		if err != nil {
			row.Odd = err.Error()
			rows = append(rows, row)
			continue
		}
		if id := o.words("accountId", 64); id != "" {
			row.ID = id // by which the account is found again when the list has changed
		}
		row.Access, row.Refresh, row.IDToken = o.token("accessToken"), o.token("refreshToken"), o.token("idToken")
		row.ended(o, "expiresAt", now)
		row.Identity = identity(row, o)
		row.Label = cmp.Or(row.labelled(o, "accountLabel"), row.labelled(o, "email"))
		if rest := (pool.Cooldown{At: now, Until: moment(o, "coolingDownUntil"), Named: true, Code: o.words("cooldownReason", 60)}); rest.Holds(now) {
			row.Limits.Cooldown = rest
		}
		rows = append(rows, row)
	}
	return rows
}

// openCodeIDs are hermes-agent's names of providers that opencode calls
// otherwise.
var openCodeIDs = map[string]string{
	"openai": "openai-api", "google": "gemini", "opencode": "opencode-zen", "moonshotai": "kimi-coding", "moonshotai-cn": "kimi-coding-cn",
	"vercel": "ai-gateway", "alibaba": "alibaba", "kilo": "kilocode",
}

// openCodeRows reads opencode's auth.json (packages/opencode/src/auth): an object
// with one credential for each provider.
func openCodeRows(top object, now time.Time) (rows []Row) {
	for _, id := range top.keys {
		if !top.has(id) {
			continue
		}
		o := top.object(id)
		row := Row{Position: Position{Section: "opencode", Provider: id, ID: shown(id)}, AuthType: record.OAuth}
		switch o.text("type") {
		case "oauth":
			if id == "openai" {
				row.Provider = provider.Codex // ChatGPT's sign-in, with the Codex CLI's client id
			}
			row.Access, row.Refresh = o.token("access"), o.token("refresh")
			row.ended(o, "expires", now)
			row.Identity = identity(row, o)
		case "api":
			row.AuthType, row.Provider = record.APIKey, cmp.Or(openCodeIDs[id], id)
			row.Access = o.token("key")
		default:
			row.Borrowed = "a server that opencode asks"
		}
		rows = append(rows, row)
	}
	return rows
}

// cliProxyIDs are hermes-agent's names of what CLIProxyAPI writes as "type".
var cliProxyIDs = map[string]string{"codex": provider.Codex, "xai": provider.XAI, "claude": provider.Anthropic, "qwen": provider.Qwen}

// cliProxyRows reads a file of CLIProxyAPI (internal/auth/*/token.go), which has
// one sign-in.
func cliProxyRows(o object, now time.Time) []Row {
	kind := o.text("type")
	row := Row{Position: Position{Provider: cmp.Or(cliProxyIDs[kind], kind)}, AuthType: record.OAuth}
	row.common(o)
	if kind == "qwen" && o.has("resource_url") {
		row.BaseURL = qwenBase(o.words("resource_url", 300))
	}
	row.PortalURL, row.IDToken = o.words("token_endpoint", 300), o.token("id_token")
	row.times(o, now)
	if row.ExpiresAt.IsZero() {
		row.ended(o, "expired", now)
	}
	row.Identity = identity(row, o)
	row.Label = row.labelled(o, "email")
	return []Row{row}
}
