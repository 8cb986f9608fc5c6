//go:build unix

package connect

import (
	"strings"
	"testing"
)

// TestProgram_RivalsAreNotWhatWasWritten: a key that `connect` wrote goes before
// nothing; another one is named, and taken out by the next change.
func TestProgram_RivalsAreNotWhatWasWritten(t *testing.T) {
	p, err := Find("claude-code")
	if err != nil {
		t.Fatal(err)
	}
	use := miniMax()
	use.LocalKey = "htui_key_" + strings.Repeat("0123456789abcdef", 4)
	f, err := p.Form(use, Proxy)
	if err != nil {
		t.Fatal(err)
	}
	own, err := p.Path(fakeWorld(nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	if found := p.Rivals(fakeWorld(nil, map[string]string{own: f.Snippet()}), own); len(found) > 0 {
		t.Errorf("it is named: %v", found)
	}
	theirs := strings.ReplaceAll(f.Snippet(), use.LocalKey, "sk-theirs")
	if found := p.Rivals(fakeWorld(nil, map[string]string{own: theirs}), own); len(found) != 1 || !found[0].Dropped {
		t.Errorf("another one: %v", found)
	}
	if text, err := f.Apply([]byte(theirs)); err != nil || strings.Contains(string(text), "theirs") {
		t.Errorf("another one is left: %s, %v", text, err)
	}
}
