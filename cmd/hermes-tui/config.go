package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// config is the configuration file. docs/config.md documents every setting, and
// a test holds the two together.
type config struct {
	Keystore    string   `toml:"keystore"`     // "auto", "keyring", "file"
	KeyFile     string   `toml:"key_file"`     // of the file keystore
	AutoRefresh *bool    `toml:"auto_refresh"` // renew ahead of time while a window is open
	CABundle    string   `toml:"ca_bundle"`    // PEM file with further certificate authorities
	LogLevel    string   `toml:"log_level"`    // "debug", "info", "warn", "error"
	Theme       string   `toml:"theme"`        // one of tui.Themes
	ASCII       bool     `toml:"ascii"`
	Animation   *bool    `toml:"animation"`
	Notify      []string `toml:"notify"`  // of tui.Notifications
	Browser     *bool    `toml:"browser"` // open the approval page by itself

	// Colors are a person's own, by the names of tui.ColorNames.
	Colors struct {
		Dark  map[string]string `toml:"dark"`
		Light map[string]string `toml:"light"`
	} `toml:"colors"`

	// Endpoints are the places of new sign-ins, by provider and region, such as
	// "minimax" or "minimax/cn". Accounts that exist are bound to theirs.
	Endpoints map[string]endpoint `toml:"endpoints"`

	// Providers are further providers that speak RFC 8628, by id. They are
	// documented in docs/providers.md.
	Providers map[string]customProvider `toml:"providers"`
}

// customProvider is a [provider.Custom] as the file spells it.
type customProvider struct {
	Name          string            `toml:"name"`
	Aliases       []string          `toml:"aliases"`
	Note          string            `toml:"note"`
	Issuer        string            `toml:"issuer"`
	DeviceURL     string            `toml:"device_url"`
	TokenURL      string            `toml:"token_url"`
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
}

type endpoint struct {
	OAuthURL     string `toml:"oauth_url"`
	InferenceURL string `toml:"inference_url"`
}

// maxConfig is more than any configuration has.
const maxConfig = 1 << 20

// byteOrderMark is what some editors of Windows write at the beginning.
const byteOrderMark = "\uFEFF"

// loadConfig reads the configuration. A file that was not named and does not
// exist is an empty one; a setting that is not known is an error, because it is
// most likely misspelt.
func (a *app) loadConfig() (config, error) {
	var c config
	path, named := a.configPath()
	text, err := atomicfile.ReadForeign(path, maxConfig) // people keep it with their other settings, behind a link
	if errors.Is(err, fs.ErrNotExist) {
		if named {
			return c, usage("there is no configuration file "+path, "check --config or HERMES_TUI_CONFIG")
		}
		return c, nil
	}
	var meta toml.MetaData
	if err == nil {
		meta, err = toml.Decode(string(bytes.TrimPrefix(text, []byte(byteOrderMark))), &c)
	}
	if err != nil {
		return c, usage(fmt.Sprintf("the configuration file %s cannot be read: %v", path, pathless(err)), "mend it; docs/config.md names every setting")
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return c, usage(fmt.Sprintf("%s has a setting %q that does not exist", path, unknown[0]), "docs/config.md names every setting")
	}
	return c, nil
}

// pathless drops the path that an error of the system repeats.
func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// configPath returns the configuration file, and whether somebody named it.
func (a *app) configPath() (path string, named bool) {
	if a.flags.config != "" {
		return a.flags.config, true
	}
	if path := a.env("HERMES_TUI_CONFIG"); path != "" {
		return path, true
	}
	return filepath.Join(a.dirs.config, "config.toml"), false
}

// endpointVariables are the environment variables that set where new sign-ins
// go, with the pool that each is for.
var endpointVariables = []struct{ pool, oauth, inference string }{
	{"minimax-oauth/global", "HERMES_TUI_MINIMAX_OAUTH_URL", "HERMES_TUI_MINIMAX_INFERENCE_URL"},
	{"minimax-oauth/cn", "HERMES_TUI_MINIMAX_CN_OAUTH_URL", "HERMES_TUI_MINIMAX_CN_INFERENCE_URL"},
}

// providers is the table of providers with the endpoints of configuration and
// environment in it.
func (a *app) providers(c config) (provider.Table, error) {
	described := map[string]provider.Custom{}
	for id, p := range c.Providers {
		described[id] = provider.Custom(p)
	}
	table, err := provider.Default().WithAll(described)
	if err != nil {
		return nil, err
	}
	if a.sandboxed { // nothing leaves this machine
		table = table.Only(provider.MiniMax)
	}
	set := map[string]endpoint{} // by pool
	for name, e := range c.Endpoints {
		pool, err := poolOf(table, name)
		if err != nil {
			return nil, wrongEndpoint(name, err)
		}
		if _, twice := set[pool]; twice {
			return nil, usage("the configuration has the endpoints of "+pool+" twice", "leave one of them")
		}
		set[pool] = e
	}
	for _, v := range endpointVariables {
		e := set[v.pool]
		e.OAuthURL, e.InferenceURL = cmp.Or(a.env(v.oauth), e.OAuthURL), cmp.Or(a.env(v.inference), e.InferenceURL)
		set[v.pool] = e
	}
	for pool, e := range set {
		id, region, _ := strings.Cut(pool, "/")
		if table, err = table.WithOverride(id, region, e.OAuthURL, e.InferenceURL); err != nil {
			return nil, wrongEndpoint(pool, err)
		}
	}
	return table, nil
}

// poolOf is the pool that a name in the configuration means: "minimax",
// "minimax/cn".
func poolOf(table provider.Table, name string) (string, error) {
	p, r, err := table.Find(name)
	return provider.Choice{Provider: p, Region: r}.PoolID(), err
}

// wrongEndpoint says which settings an address may come from.
func wrongEndpoint(pool string, err error) error {
	where := fmt.Sprintf("endpoints.%q in the configuration", strings.TrimSuffix(pool, "/global"))
	for _, v := range endpointVariables {
		if v.pool == pool {
			where += " or " + v.oauth + ", " + v.inference
		}
	}
	var e *autherr.Error
	if !errors.As(err, &e) {
		return err
	}
	return usage(e.Error()+"; look at "+where, e.Hint)
}

// ensureDir makes a folder of ours.
func ensureDir(dir string) error { return os.MkdirAll(dir, 0o700) }
