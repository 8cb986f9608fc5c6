//go:build unix

package main_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestWindow_BringsOver: somebody who has the Codex CLI, and no account yet, opens the
// window and has its sign-in here after three keys. The file stays as it was.
func TestWindow_BringsOver(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	claims := fmt.Sprintf(`{"exp":%d,"https://api.openai.com/auth":{"chatgpt_account_id":"acct-1"},"https://api.openai.com/profile":{"email":"cli@x.example"}}`, time.Now().Add(time.Hour).Unix())
	text := `{"OPENAI_API_KEY":null,"tokens":{"access_token":"eyFAKE.` + base64.RawURLEncoding.EncodeToString([]byte(claims)) + `.sig","refresh_token":"FAKE-c-rt","account_id":"acct-1"}}`
	file := filepath.Join(b.home, ".codex", "auth.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// A file that cannot be read keeps no other back.
	broken := filepath.Join(b.home, ".qwen", "oauth_creds.json")
	if err := os.MkdirAll(filepath.Dir(broken), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, []byte(`{"access_token":`), 0o600); err != nil {
		t.Fatal(err)
	}
	x := b.session(100, 30, false, `exec hermes-tui`)
	x.match(`o +import from other programs +2 files`)
	x.press("o")
	x.match(`Read the sign-ins in these files\?`)
	x.press("y")
	x.match(`Import 1 account\?`)
	x.match(`(?s)OpenAI Codex +cli@x.example +new account.*oauth_creds.json`)
	x.press("\r")
	x.match(`Imported: cli@x.example`)
	x.press("q")
	if got := b.only(); got["label"] != "cli@x.example" || got["state"] != "shared" && got["state"] != "ok" {
		t.Errorf("%v", got)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != text {
		t.Errorf("the file has changed: %v", err)
	}
}
