package setup

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// FuzzConfig: a configuration file, and an address in the environment. What is
// accepted leads to providers whose every host is https or loopback; all else is
// an error of the usage, which says so.
func FuzzConfig(f *testing.F) {
	f.Add([]byte("keystore = \"file\"\n[endpoints.\"minimax/cn\"]\noauth_url = \"https://account.minimaxi.com\"\n"), "")
	f.Add([]byte("[providers.acme]\nname = \"Acme\"\nissuer = \"https://id.acme.example\"\nclient_id = \"x\"\nbase_url = \"https://api.acme.example/v1\"\n"), "http://127.0.0.1:9")
	f.Add([]byte("[endpoints.minimax]\noauth_url = \"http://example.com\"\n"), "https://account.example.com")
	f.Add([]byte("shiny = true"), "://")
	f.Add([]byte("[providers.acme]\nissuer = \"https://id.acme.example\"\nclient_id = \"x\"\nbase_url = \"https://api.acme.example/v1\"\n[providers.acme.wires]\nanthropic_messages = \"https://m.acme.example\"\n"), "")
	f.Add([]byte("[providers.acme]\nwires = [\"chat_completions\"]\n"), "")
	f.Fuzz(func(t *testing.T, data []byte, address string) {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		found := Setup{Env: func(name string) string {
			return map[string]string{"HERMES_TUI_CONFIG": path, "HERMES_TUI_MINIMAX_OAUTH_URL": address}[name]
		}}
		var err error
		found.Config, err = ReadConfig(found.ConfigPath(""))
		if err != nil {
			if autherr.KindOf(err) != autherr.Usage {
				t.Fatalf("%v", err)
			}
			return
		}
		table, err := found.Providers()
		if err != nil {
			if autherr.KindOf(err) != autherr.Usage {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, p := range table {
			for _, r := range p.Regions {
				places := []string{r.TokenURL, r.DeviceURL, r.BaseURL}
				for _, wire := range r.Also {
					places = append(places, wire.BaseURL)
				}
				for _, place := range places {
					u, err := url.Parse(place)
					if err != nil {
						t.Fatal(err)
					}
					if host := u.Hostname(); u.Scheme == "http" && host != "localhost" && !net.ParseIP(host).IsLoopback() {
						t.Fatalf("%s would be sent to in plain text", place)
					}
				}
			}
		}
	})
}
