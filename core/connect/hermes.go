package connect

import (
	"path/filepath"
	"strings"
)

// HermesKeyCmd is the day from which on hermes-agent knows key_cmd (PR #86891);
// an older one ignores it without a word. Its releases are called by their day.
const HermesKeyCmd = "2026.8.15"

// hermesAgent is NousResearch/hermes-agent. Custom providers stand under
// providers.<key> of config.yaml; key_cmd (PR #86891) runs for a fresh key and
// reads {"access_token", "expires_in"}. Its environment is scrubbed, so that
// what the OS keyring needs has to be let through by key_cmd_env.
func hermesAgent() Program {
	return Program{
		File: "~/.hermes/config.yaml",
		ID:   "hermes-agent", Name: "hermes-agent", Aliases: []string{"hermes"}, Command: "hermes",
		APIs: everyFormat(), named: true,
		format: YAML, path: hermesPath,
		rivals: rivals{
			variables: hermesVariables(),
			// What a route that was there before leaves behind still steers
			// parts of the program.
			drops: paths("model", "base_url", "api_mode", "api_key", "context_length", "key_env", "transport"),
			files: hermesFiles,
		},
		forms: func(u Use) ([]Form, error) {
			entry := object{
				{"base_url", u.BaseURL},
				{"api_mode", u.API},
				{"key_cmd", u.call("token", u.Account, "--json")},
				{"key_cmd_env", []any{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"}},
				{"default_model", u.model()},
			}
			if headers := u.headers(); len(headers) > 0 {
				entry = append(entry, pair{"extra_headers", headers})
			}
			short := words("model") // as older files have it: one text
			helper := Form{
				Name: Helper, short: short, Since: HermesKeyCmd,
				settings: append([]setting{at(entry, "providers", u.Entry())}, hermesDefault(u)...),
				Notes:    []string{"a credential pool of hermes-agent for the same address goes before key_cmd"},
			}
			local := pair{"key_env", LocalKeyVariable}
			if u.LocalKey != "" {
				local = pair{"api_key", u.LocalKey}
			}
			proxy := Form{
				Name: Proxy, short: short,
				settings: append([]setting{at(object{
					{"base_url", u.proxyBase()},
					{"api_mode", u.API},
					local,
					{"default_model", u.model()},
				}, "providers", u.Entry())}, hermesDefault(u)...),
				Notes: []string{u.servesNote(), u.keyNote()},
			}
			return []Form{helper, proxy}, nil
		},
	}
}

// hermesDefault makes the provider the one that is used.
func hermesDefault(u Use) []setting {
	return []setting{
		at("custom:"+u.Entry(), "model", "provider"),
		at(u.model(), "model", "default"),
	}
}

func hermesVariables() []string {
	return []string{"HERMES_INFERENCE_PROVIDER", "HERMES_INFERENCE_MODEL", "MINIMAX_API_KEY", "MINIMAX_BASE_URL"}
}

// hermesPath is config.yaml of the profile that is in use: HERMES_HOME, else the
// one that `hermes profile use` chose, which stands in active_profile.
func hermesPath(w World) (string, error) {
	home := []string{".hermes"}
	if w.OS == "windows" {
		home = []string{"AppData", "Local", "hermes"}
		if local := w.Env("LOCALAPPDATA"); filepath.IsAbs(local) && w.Env("HERMES_HOME") == "" {
			return hermesProfile(w, filepath.Join(local, "hermes")), nil
		}
	}
	dir, err := w.Folder("hermes-agent", home, "HERMES_HOME")
	if err != nil {
		return "", err
	}
	if w.Env("HERMES_HOME") != "" {
		return filepath.Join(dir, "config.yaml"), nil
	}
	return hermesProfile(w, dir), nil
}

func hermesProfile(w World, root string) string {
	text, err := w.Read(filepath.Join(root, "active_profile"))
	name := strings.TrimSpace(string(text))
	if err == nil && name != "" && name != "default" && filepath.Base(name) == name && name != ".." && name != "." {
		return filepath.Join(root, "profiles", name, "config.yaml")
	}
	return filepath.Join(root, "config.yaml")
}

// hermesFiles is .env beside config.yaml, whose variables go before those of the
// environment.
func hermesFiles(_ World, own string) []rivalFile {
	return []rivalFile{{path: filepath.Join(filepath.Dir(own), ".env"), format: dotEnv, keys: words(hermesVariables()...)}}
}
