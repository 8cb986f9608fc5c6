package connect

import "testing"

// TestConnected: what `connect` writes is recognised as its own, whatever the
// program's file is called and whichever shell its lines are for.
func TestConnected(t *testing.T) {
	commands := [][]string{{"/opt/ht"}, {`C:\Program Files\x y\ht.exe`, "--home", `D:\it's`}, {"/usr/bin/hermes-tui"}}
	for _, u := range []Use{miniMax(), xAI(), codex(), both()} {
		for _, system := range []string{"linux", "windows"} {
			for _, command := range commands {
				u.OS, u.Command = system, command
				everyForm(t, u, func(t *testing.T, f Form) {
					if f.Format == Shell {
						return // it is no file
					}
					text, err := f.Apply(nil)
					if err != nil {
						t.Fatal(err)
					}
					if !Connected(text) {
						t.Errorf("%s, %q: not recognised: %s", system, command, text)
					}
				})
			}
		}
	}
	for _, text := range []string{
		"", "{}", `{"apiKeyHelper": "/opt/vault token a1b2c3d4e5"}`, `{"apiKeyHelper": "gcloud auth print-access-token --min-ttl 5m"}`,
		`{"x": "my-server serve --show-keys"}`, `{"notes": "token --min-ttl"}`,
	} {
		if Connected([]byte(text)) {
			t.Errorf("taken for ours: %s", text)
		}
	}
}
