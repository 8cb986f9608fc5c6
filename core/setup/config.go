package setup

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// Config is the configuration file. docs/config.md documents every setting, and
// a test holds the two together.
type Config struct {
	Keystore    string `toml:"keystore"`     // "auto", "keyring", "file"
	KeyFile     string `toml:"key_file"`     // of the file keystore
	AutoRefresh *bool  `toml:"auto_refresh"` // refresh ahead of time while a window is open
	CABundle    string `toml:"ca_bundle"`    // PEM file with further certificate authorities
	LogLevel    string `toml:"log_level"`    // "debug", "info", "warn", "error"
	Theme       string `toml:"theme"`        // one of tui.Themes
	ASCII       bool   `toml:"ascii"`
	Animation   *bool  `toml:"animation"`
	Notify      Notify `toml:"notify"`
	Browser     *bool  `toml:"browser"` // open the approval page by itself
	// TakeOver is what becomes of a refresh that another host of the fleet did not end:
	// [TakeOverAuto], which is the default, or [TakeOverAsk].
	TakeOver string `toml:"take_over"`
	// UsagePolling asks providers now and then what is left of the plans in use.
	UsagePolling *bool `toml:"usage_polling"`

	// Colors are a person's own, by the names of tui.ColorNames.
	Colors struct {
		Dark  map[string]string `toml:"dark"`
		Light map[string]string `toml:"light"`
	} `toml:"colors"`

	// Endpoints are the places of new sign-ins, by provider and region, such as
	// "minimax" or "minimax/cn". Accounts that exist are bound to theirs.
	Endpoints map[string]Endpoint `toml:"endpoints"`

	// Providers are further providers that speak RFC 8628, by id. They are
	// documented in docs/providers.md.
	Providers map[string]Provider `toml:"providers"`
}

// Provider is a [provider.Custom] as the file spells it.
type Provider struct {
	Name          string            `toml:"name"`
	Aliases       []string          `toml:"aliases"`
	Note          string            `toml:"note"`
	Issuer        string            `toml:"issuer"`
	DeviceURL     string            `toml:"device_url"`
	TokenURL      string            `toml:"token_url"`
	RevocationURL string            `toml:"revocation_url"`
	ClientID      string            `toml:"client_id"`
	Scopes        []string          `toml:"scopes"`
	Audience      string            `toml:"audience"`
	PKCE          bool              `toml:"pkce"`
	Fields        map[string]string `toml:"fields"`
	Headers       map[string]string `toml:"headers"`
	Skew          time.Duration     `toml:"skew"`
	Grace         time.Duration     `toml:"grace"`
	TerminalCodes []string          `toml:"terminal_codes"`
	TokenHosts    []string          `toml:"token_hosts"`
	PageHosts     []string          `toml:"page_hosts"`
	BaseURL       string            `toml:"base_url"`
	API           string            `toml:"api"`
	APIHosts      []string          `toml:"api_hosts"`
	Wires         map[string]string `toml:"wires"`
	APIHeaders    map[string]string `toml:"api_headers"`
	DeviceHeader  string            `toml:"device_header"`

	UsageURL string                   `toml:"usage_url"`
	Usage    *provider.CustomUsage    `toml:"usage"`
	Exchange *provider.CustomExchange `toml:"exchange"`
}

// Endpoint is where new sign-ins of a provider and region go.
type Endpoint struct {
	OAuthURL     string `toml:"oauth_url"`
	InferenceURL string `toml:"inference_url"`
}

// What take_over may be.
const (
	TakeOverAuto = "auto" // once the token has ended, whichever host comes first
	TakeOverAsk  = "ask"  // a person says so
)

// maxConfig is more than any configuration has.
const maxConfig = 1 << 20

// ReadConfig reads the configuration. A file that was not named and does not
// exist is an empty one; a setting that is not known is an error of kind Usage,
// because it is most likely misspelt.
func ReadConfig(path string, named bool) (Config, error) {
	var c Config
	text, err := atomicfile.ReadForeign(path, maxConfig) // people keep it with their other settings, behind a link
	if errors.Is(err, fs.ErrNotExist) {
		if named {
			return c, usage("there is no configuration file "+path, "check --config or HERMES_TUI_CONFIG")
		}
		return c, nil
	}
	var meta toml.MetaData
	if err == nil {
		meta, err = toml.Decode(string(mark.Trim(text)), &c)
	}
	if err != nil {
		return c, usage(fmt.Sprintf("the configuration file %s cannot be read: %v", path, atomicfile.Reason(err)), "correct it; docs/config.md names every setting")
	}
	unknown := slices.DeleteFunc(meta.Undecoded(), func(key toml.Key) bool { return key[0] == "notify" }) // it has looked itself
	if len(unknown) > 0 {
		return c, usage(fmt.Sprintf("%s has a setting %q that does not exist", path, unknown[0]), "docs/config.md names every setting")
	}
	if c.TakeOver != "" && c.TakeOver != TakeOverAuto && c.TakeOver != TakeOverAsk {
		return c, usage(fmt.Sprintf("there is no take_over %q, which %s asks for", c.TakeOver, path), `use "auto" or "ask"`)
	}
	for _, key := range meta.Keys() {
		if isTable(key) && meta.Type(key...) != "Hash" { // the decoder passes over what is no table where one belongs
			return c, usage(fmt.Sprintf("%s has %q, which is not a table of names and values", path, key), "docs/config.md names every setting")
		}
	}
	return c, nil
}

// isTable reports whether what stands under a key is a table with names of the
// person's own.
func isTable(key toml.Key) bool {
	switch len(key) {
	case 1:
		return key[0] == "endpoints" || key[0] == "providers"
	case 2:
		return key[0] == "colors"
	case 3:
		return key[0] == "providers" && slices.Contains([]string{"fields", "headers", "wires", "api_headers", "exchange", "usage"}, key[2])
	case 4:
		return key[0] == "providers" && key[2] == "exchange" && key[3] == "headers"
	}
	return false
}

// ConfigPath returns the configuration file, and whether somebody named it: by a
// flag, or in the environment.
func (s *Setup) ConfigPath(flag string) (path string, named bool) {
	if path = cmp.Or(flag, s.Env("HERMES_TUI_CONFIG")); path != "" {
		return path, true
	}
	return filepath.Join(s.Dirs.Config, "config.toml"), false
}
