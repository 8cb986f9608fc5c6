package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestCompletion asks what a shell asks: what may stand here.
func TestCompletion(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	complete := func(words ...string) []string {
		t.Helper()
		r := b.run(append([]string{"__complete"}, words...)...)
		if r.code != 0 {
			t.Fatalf("__complete %v: %s", words, r)
		}
		var names []string
		for line := range strings.Lines(r.out) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			names = append(names, name)
		}
		return names // the last is a number that tells the shell about files
	}
	if got := complete("token", ""); len(got) != 1 {
		t.Errorf("without an account it completes to %v", got)
	}
	if _, err := os.Stat(b.state()); !os.IsNotExist(err) {
		t.Errorf("a completion made %s", b.state())
	}
	b.signIn("--label", "work")
	b.signIn("--label", "home")
	// Without its key no secret can be opened, so none is.
	if err := os.Remove(filepath.Join(b.home, "tui", "data", "key")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ words, want string }{
		{"token ", "work home :4"},
		{"status ", "work home :4"},
		{"refresh ", "work home :4"},
		{"remove ", "work home :4"},
		{"log ", "work home :4"},
		{"usage ", "work home :4"},
		{"usage --by ", "account program model day host :4"},
		{"serve ", "work home :4"},
		{"pool reset ", "work home :4"},
		{"rename ", "work home :4"},
		{"rename work ", ":4"},
		{"login --account ", "work home :4"},
		{"login ", "minimax-oauth/global minimax-oauth/cn"},
		{"login minimax --region ", "global cn"},
		{"keystore move ", "keyring file etcd :4"},
		{"list --keystore ", "auto keyring file :4"},
		{"list --log-level ", "debug info warn error :4"},
		{"list ", ":4"},
		{"man ", ":16"},
		{"sandbox --expired-in ", "ms ttl epoch :4"},
		{"sandbox --fault ", "503 503-invalid-grant 429"},
	} {
		if got := strings.Join(complete(strings.Split(tt.words, " ")...), " "); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q completes to %q, want %q", tt.words, got, tt.want)
		}
	}
}

// TestMan holds that every command has its page.
func TestMan(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	all := b.must("man")
	dir := b.mkdir("man")
	b.must("man", dir)
	for _, name := range []string{"hermes-tui", "hermes-tui-token", "hermes-tui-keystore-move"} {
		page, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil {
			t.Fatal(err)
		}
		title := ".TH " + strings.ReplaceAll(strings.ToUpper(name), "-", `\-`) + " 1 "
		if !strings.Contains(string(page), title) || !strings.Contains(all, title) {
			t.Errorf("the page of %s has no title %s, or is not part of the whole", name, title)
		}
	}
	if strings.Contains(all, "__refresh") || strings.Contains(all, "Auto generated") {
		t.Error("the manual tells of what is internal")
	}
}
