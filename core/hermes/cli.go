package hermes

import (
	"encoding/json"
	"strings"
	"time"
)

// qwenRows reads Qwen Code's oauth_creds.json, whose expiry_date is in
// milliseconds.
func qwenRows(o object, now time.Time) []Row {
	row := Row{Place: Place{Provider: "qwen-oauth"}, AuthType: "oauth", Source: "qwen-cli"}
	row.common(o)
	row.times(o, now)
	if base := o.words("resource_url", 300); base != "" {
		row.BaseURL = qwenBase(base)
	}
	return kept(row)
}

// qwenBase spells a resource_url out as Qwen Code does: "portal.qwen.ai" stands
// for https://portal.qwen.ai/v1.
func qwenBase(resource string) string {
	if !strings.Contains(resource, "://") {
		resource = "https://" + resource
	}
	return strings.TrimSuffix(strings.TrimRight(resource, "/"), "/v1") + "/v1"
}

// codexRows reads the Codex CLI's auth.json. A file with an API key only has no
// grant in it.
func codexRows(o object, now time.Time) []Row {
	block, _ := singleton("openai-codex", json.RawMessage(o.bytes()), now)
	block.Section, block.Source = "", "codex-cli"
	return kept(block)
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
