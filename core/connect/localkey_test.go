package connect

import (
	"slices"
	"strings"
	"testing"
)

// A key for the proxy stands in the files that can hold one, is shown by no
// difference, and leaves no other way to a key beside it.
func TestForm_WithAKeyOfItsOwn(t *testing.T) {
	key := "htui_key_" + strings.Repeat("0123456789abcdef", 4)
	for program, holds := range map[string]bool{"opencode": true, "openclaw": true, "hermes-agent": true, "crush": true, "claude-code": true, "codex": true, "aider": true, "cline": true, "continue": true, "llm": true, "qwen-code": true, "zed": false} {
		p, err := Find(program)
		if err != nil {
			t.Fatal(err)
		}
		u := miniMax()
		if !slices.Contains(p.APIs, anthropicMessages) {
			u = both()
		}
		u.LocalKey = key
		f, err := p.Form(u, Proxy)
		if err != nil {
			t.Fatal(err)
		}
		text := f.Snippet() + strings.Join(f.Notes, "\n")
		if strings.Contains(text, key) != holds || holds && (strings.Contains(text, LocalKeyVariable) || strings.Contains(text, placeholder)) {
			t.Errorf("%s:\n%s", program, text)
		}
		if shown := HideSecrets(text); strings.Contains(shown, key[:20]) {
			t.Errorf("%s: shown\n%s", program, shown)
		}
		if _, err := readAs(f.Format, []byte(f.Snippet())); err != nil {
			t.Errorf("%s: %v", program, err)
		}
	}
}
