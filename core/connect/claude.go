package connect

import (
	"path/filepath"
	"slices"
	"strings"
)

// claudeCode is Anthropic's Claude Code. apiKeyHelper prints the value that goes
// out as bearer and as x-api-key; it is run by the system's shell (/bin/sh, cmd
// on Windows), kept for CLAUDE_CODE_API_KEY_HELPER_TTL_MS and asked for again
// after a 401. So the token is asked to live a minute longer than it is kept.
// ANTHROPIC_AUTH_TOKEN and ANTHROPIC_API_KEY go before the helper. It reads its
// file with JSON.parse, and one with comments not at all (seen with 2.1.197).
func claudeCode() Program {
	return Program{
		File: "~/.claude/settings.json",
		ID:   "claude-code", Name: "Claude Code", Aliases: []string{"claude"}, Command: "claude", Overrules: true,
		APIs: []string{anthropicMessages}, named: true,
		format: Plain,
		path: func(w World) (string, error) {
			dir, err := w.Folder("Claude Code", []string{".claude"}, "CLAUDE_CONFIG_DIR")
			return filepath.Join(dir, "settings.json"), err
		},
		rivals: rivals{
			variables: claudeVariables(),
			drops:     paths("env", claudeVariables()...),
			owned:     slices.Concat(paths("env", "ANTHROPIC_BASE_URL"), paths("env", ModelVariables()...)),
			named:     words("forceLoginMethod", "availableModels"),
			files:     claudeFiles,
		},
		forms: func(u Use) ([]Form, error) {
			unset := "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN must not be set: they go before apiKeyHelper"
			helper := Form{
				Name: Helper,
				settings: append([]setting{
					at(u.call("token", u.Account, "--min-ttl", "6m"), "apiKeyHelper"),
					at(u.BaseURL, "env", "ANTHROPIC_BASE_URL"),
					at("300000", "env", "CLAUDE_CODE_API_KEY_HELPER_TTL_MS"),
				}, u.claudeModels()...),
				Notes: []string{unset},
			}
			return []Form{helper, u.claudeProxy(unset)}, nil
		},
	}
}

// claudeProxy leads Claude Code to the proxy. A key of its own is a bearer in the env
// block of the file; a helper beside it would be named as a conflict. It could use the
// proxy's unix socket (ANTHROPIC_UNIX_SOCKET), but takes that for one of its own remote
// sessions, and then no settings overrule address and key any more (2.1.197).
func (u Use) claudeProxy(unset string) Form {
	f := Form{Name: Proxy, Notes: []string{u.servesNote(), unset}}
	if u.LocalKey != "" {
		f.settings = []setting{at(u.LocalKey, "env", "ANTHROPIC_AUTH_TOKEN")}
		f.drops = words("apiKeyHelper")
		f.Notes = []string{u.servesNote(), u.keyNote(), "ANTHROPIC_API_KEY must not be set"}
	} else {
		f.settings = []setting{at(u.call("serve", "--show-key"), "apiKeyHelper")}
	}
	f.settings = append(f.settings, at(u.proxyBase(), "env", "ANTHROPIC_BASE_URL"))
	f.settings = append(f.settings, u.claudeModels()...)
	return f
}

// claudeVariables lead Claude Code to another key, address or provider. A value
// in the env block of a settings file goes before the environment's.
func claudeVariables() []string {
	return []string{
		"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_UNIX_SOCKET", "ANTHROPIC_PROFILE",
		"CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR", "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
		"CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY", "CLAUDE_CODE_USE_MANTLE",
		"CLAUDE_CODE_USE_ANTHROPIC_AWS", "CLAUDE_CODE_USE_GATEWAY",
		"ANTHROPIC_SMALL_FAST_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL",
	}
}

// claudeFiles go before the person's settings.json, the strongest first: what an
// administrator set, then the project's files. What is in the env block of the
// global file counts where no settings file has it.
func claudeFiles(w World, own string) []rivalFile {
	keys := slices.Concat(words("apiKeyHelper", "forceLoginMethod"), paths("env", "ANTHROPIC_BASE_URL"), paths("env", claudeVariables()...), paths("env", ModelVariables()...))
	managed := map[string]string{"darwin": "/Library/Application Support/ClaudeCode", "windows": `C:\Program Files\ClaudeCode`}[w.OS]
	if managed == "" {
		managed = "/etc/claude-code"
	}
	list := []string{filepath.Join(managed, "managed-settings.json")}
	list = append(list, w.Glob(filepath.Join(managed, "managed-settings.d", "*.json"))...)
	if named := w.Env("CLAUDE_CODE_MANAGED_SETTINGS_PATH"); filepath.IsAbs(named) {
		list = append([]string{named}, list...)
	}
	if w.Dir != "" {
		list = append(list, filepath.Join(w.Dir, ".claude", "settings.local.json"), filepath.Join(w.Dir, ".claude", "settings.json"))
	}
	var files []rivalFile
	for _, path := range list {
		if path != own {
			files = append(files, rivalFile{path, Plain, keys, strings.Contains(path, "managed") || path == w.Env("CLAUDE_CODE_MANAGED_SETTINGS_PATH")})
		}
	}
	global := filepath.Join(w.Home, ".claude.json")
	if w.Env("CLAUDE_CONFIG_DIR") != "" {
		global = filepath.Join(filepath.Dir(own), ".claude.json")
	}
	return append(files, rivalFile{path: global, format: Plain, keys: paths("env", claudeVariables()...)})
}

// ModelVariables are the environment variables that say which model Claude Code
// asks for: its own, and those that the names opus, sonnet and haiku stand for.
// Where one is not set, it asks for a model of Anthropic's, which other
// providers do not know; haiku is also what it uses in the background.
func ModelVariables() []string {
	return []string{
		"ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL",
	}
}

func (u Use) claudeModels() []setting {
	var list []setting
	for _, name := range ModelVariables() {
		list = append(list, at(u.model(), "env", name))
	}
	return list
}
