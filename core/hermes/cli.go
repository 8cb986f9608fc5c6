package hermes

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// qwenRows reads Qwen Code's oauth_creds.json, whose expiry_date is in
// milliseconds.
func qwenRows(o object, now time.Time) []Row {
	row := Row{Position: Position{Provider: "qwen-oauth"}, AuthType: "oauth", Source: "qwen-cli"}
	row.common(o)
	row.times(o, now)
	if base := o.words("resource_url", 300); base != "" {
		row.BaseURL = qwenBase(base)
	}
	if !row.HasTokens() && len(o.keys) == 0 {
		return nil
	}
	return []Row{row}
}

// qwenBase spells a resource_url out as Qwen Code does: "portal.qwen.ai" stands
// for https://portal.qwen.ai/v1.
func qwenBase(resource string) string {
	if !strings.Contains(resource, "://") {
		resource = "https://" + resource
	}
	return strings.TrimSuffix(strings.TrimRight(resource, "/"), "/v1") + "/v1"
}

// codexRows reads the Codex CLI's auth.json: a sign-in, an API key of OpenAI's,
// or both. A sign-in whose tokens are none is a row all the same.
func codexRows(o object, now time.Time) (rows []Row) {
	block, _ := singleton("openai-codex", json.RawMessage(o.bytes()), now)
	block.Section, block.Source = "", "codex-cli"
	if block.HasTokens() || len(o.object("tokens").keys) > 0 {
		rows = append(rows, block)
	}
	if o.has("OPENAI_API_KEY") {
		rows = append(rows, Row{Position: Position{Provider: "openai-api", ID: "OPENAI_API_KEY"}, AuthType: record.APIKey, Access: o.token("OPENAI_API_KEY")})
	}
	return rows
}

// sharedRows reads shared/nous_auth.json, which hermes-agent keeps beside its
// profiles and signs in from when a profile's own grant is missing.
func sharedRows(o object, now time.Time) []Row {
	row, _ := singleton("nous", json.RawMessage(o.bytes()), now)
	row.Section = sectionShared
	return kept(row)
}

func kept(row Row) []Row {
	if !row.HasTokens() {
		return nil
	}
	return []Row{row}
}
