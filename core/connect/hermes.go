package connect

// hermesAgent is NousResearch/hermes-agent. Custom providers stand under
// providers.<key> of config.yaml; key_cmd (PR #86891) runs for a fresh key and
// reads {"access_token", "expires_in"}. Its environment is scrubbed, so that
// what the OS keyring needs has to be let through by key_cmd_env.
func hermesAgent() Program {
	return Program{
		ID: "hermes-agent", Name: "hermes-agent", Aliases: []string{"hermes"},
		forms: func(u Use) ([]Form, error) {
			if err := u.speaks("hermes-agent", anthropicMessages, codexResponses, chatCompletions); err != nil {
				return nil, err
			}
			if err := u.named("hermes-agent"); err != nil {
				return nil, err
			}
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
			helper := Form{
				Name: Helper, File: []string{".hermes", "config.yaml"}, Folder: "HERMES_HOME", Format: YAML,
				settings: append([]setting{at(entry, "providers", u.key())}, hermesDefault(u)...),
				Notes:    []string{"a credential pool of hermes-agent for the same address goes before key_cmd"},
			}
			if u.API != anthropicMessages {
				return []Form{helper}, nil
			}
			proxy := Form{
				Name: Proxy, File: helper.File, Folder: helper.Folder, Format: YAML,
				settings: append([]setting{at(object{
					{"base_url", u.proxyBase()},
					{"api_mode", anthropicMessages},
					{"key_env", LocalKeyVariable},
					{"default_model", u.model()},
				}, "providers", u.key())}, hermesDefault(u)...),
				Notes: []string{u.servesNote(), u.keyNote()},
			}
			return []Form{helper, proxy}, nil
		},
	}
}

// hermesDefault makes the provider the one that is used.
func hermesDefault(u Use) []setting {
	return []setting{
		at("custom:"+u.key(), "model", "provider"),
		at(u.model(), "model", "default"),
	}
}
