package hermes

import "github.com/hermes-tui/hermes-tui/internal/mark"

// Detect returns the format of the file at path, by the keys that only one
// program writes; what cannot be read or told is fallback.
func Detect(path string, fallback Format) Format {
	data, err := read(path)
	if err != nil {
		return fallback
	}
	top, err := parseObject(mark.Trim(data))
	if err != nil {
		return fallback
	}
	return formatOf(top, fallback)
}

func formatOf(top object, fallback Format) Format {
	_, listed := list(top.values["accounts"])
	switch {
	case top.has(sectionProviders), top.has(sectionPool), top.has(sectionLegacy):
		return AuthJSON
	case top.has("claudeAiOauth"):
		return Claude
	case top.has("tokens"), top.has("OPENAI_API_KEY"):
		return Codex
	case top.has("accounts") && listed:
		return CodexMulti
	case top.has("type") && (top.has("access_token") || top.has("refresh_token") || top.has("token")):
		return CLIProxy
	case top.has("_schema") && top.has("refresh_token"):
		return NousShared
	case top.has("expiry_date") || top.has("resource_url"):
		return Qwen
	case typed(top):
		return OpenCode
	default:
		return fallback
	}
}

// typed reports whether every value is an object that says of which kind of
// credential it is, as in opencode's file.
func typed(top object) bool {
	some := false
	for _, key := range top.keys {
		if !top.has(key) {
			continue
		}
		some = true
		switch top.object(key).text("type") {
		case "oauth", "api", "wellknown":
		default:
			return false
		}
	}
	return some
}
