//go:build unix

package main_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// agentBench is a machine where hermes-agent has n sign-ins, and we have none.
func agentBench(t *testing.T, n int) *bench {
	t.Helper()
	return agentBenchAt(t, n, sandbox.Options{})
}

// agentBenchAt is one at a portal of this kind.
func agentBenchAt(t *testing.T, n int, o sandbox.Options) *bench {
	t.Helper()
	old := newBench(t, o)
	for i := range n {
		old.signIn("--label", fmt.Sprintf("account %d", i))
	}
	old.must("export", "--hermes", "--yes")
	b := &bench{t: t, home: homeFor(t), portal: old.portal, events: old.events}
	b.env = append(slices.Clone(old.env), "HOME="+b.home, "HERMES_TUI_HOME="+filepath.Join(b.home, "tui"))
	if err := os.Rename(filepath.Join(old.home, ".hermes"), filepath.Join(b.home, ".hermes")); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) authJSON() string {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.home, ".hermes", "auth.json"))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

// accounts are the labels of `list --json` with their states.
func (b *bench) accounts() (all []string) {
	b.t.Helper()
	var rows []map[string]any
	b.decode(b.must("list", "--json"), &rows)
	for _, row := range rows {
		all = append(all, fmt.Sprintf("%s: %s", row["label"], row["state"]))
	}
	return all
}

// TestRemove_OfASharedAccountEndsNothing: the sign-in is hermes-agent's, which
// goes on with it.
func TestRemove_OfASharedAccountEndsNothing(t *testing.T) {
	t.Parallel()
	b := agentBench(t, 1)
	b.must("import", "--yes")
	var got struct{ Revocation string }
	b.decode(b.must("remove", "account 0", "--yes", "--json"), &got)
	if n := b.portal.Stats().Revokes.Total; got.Revocation != "not_ours" || n != 0 {
		t.Errorf("revocation %q, asked for %d times", got.Revocation, n)
	}
}

// TestImportByCommands walks accounts from hermes-agent to us and back.
func TestImportByCommands(t *testing.T) {
	t.Parallel()
	b := agentBench(t, 3)
	before := b.authJSON()
	out := b.must("import", "--dry-run")
	if !strings.Contains(out, "3 accounts would be imported. Nothing was changed.") || strings.Count(out, "same sign-in as row") != 1 {
		t.Errorf("dry run:\n%s", out)
	}
	if _, err := os.Stat(b.state()); !os.IsNotExist(err) {
		t.Errorf("a dry run wrote something: %v", err)
	}
	if r := b.run("import"); r.code != 2 || !strings.Contains(r.err, "--yes") {
		t.Errorf("without a terminal: %s", r)
	}
	b.must("import", "--yes")
	if got := b.accounts(); !slices.Equal(got, []string{"account 0: shared", "account 1: shared", "account 2: shared"}) || b.authJSON() != before {
		t.Errorf("accounts %v", got)
	}
	if token := strings.TrimSpace(b.must("token", "account 1")); !b.portal.IsLive(token) {
		t.Error("a shared account serves no live token")
	}
	if r := b.run("refresh", "account 1", "--force"); r.code != 3 || !strings.Contains(r.err, "hermes-agent owns this sign-in") {
		t.Errorf("refresh of a shared account: %s", r)
	}
	b.must("import", "--remove", "--yes")
	for token := range tokensIn(before) {
		if strings.Contains(b.authJSON(), token) {
			t.Error("a token stays in auth.json")
		}
		noSecretIn(t, filepath.Join(b.home, "tui"), token)
	}
	b.must("refresh", "--all", "--force")
	if got := b.accounts(); !slices.Equal(got, []string{"account 0: ok", "account 1: ok", "account 2: ok"}) {
		t.Errorf("accounts %v", got)
	}
	b.must("export", "--hermes", "--yes", "account 2")
	if r := b.run("refresh", "account 2", "--force"); r.code != 3 || !strings.Contains(r.err, "handed over to hermes-agent") {
		t.Errorf("refresh of an account that was handed over: %s", r)
	}
	if out := b.must("log", "account 2"); !strings.Contains(out, "handed over") {
		t.Errorf("log:\n%s", out)
	}
}

// tokensIn finds the tokens of an auth.json.
func tokensIn(text string) map[string]bool {
	w := &wire{secrets: map[string]bool{}}
	for _, found := range jsonSecret.FindAllSubmatch([]byte(text), -1) {
		w.note(found)
	}
	return w.secrets
}

// noSecretIn holds that no file below dir has a secret in it.
func noSecretIn(t *testing.T, dir, secret string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(data), secret) {
			t.Errorf("%s holds a token in plain text", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestImportAsks: in a terminal it asks, and only a clear yes does anything.
func TestImportAsks(t *testing.T) {
	t.Parallel()
	b := agentBench(t, 2)
	before := b.authJSON()
	for _, no := range []string{"n\r", "\r", "maybe\r"} {
		if text, code := b.mute(no, "import", "--remove"); code != 1 || !strings.Contains(text, "delete the tokens from the files above") {
			t.Errorf("answered %q: exit code %d, %s", no, code, text)
		}
	}
	if b.authJSON() != before {
		t.Error("something was done without a yes")
	}
	b.empty("No accounts yet.", "list")
	if text, code := b.mute("y\r", "import"); code != 0 || !strings.Contains(text, "The tokens go into: encrypted file") || !strings.Contains(text, "Imported: account 0, account 1") {
		t.Errorf("answered y: exit code %d, %s", code, text)
	}
}

// TestImportJSON reads the plan and what came of it.
func TestImportJSON(t *testing.T) {
	t.Parallel()
	b := agentBench(t, 2)
	var got struct {
		Rows     []map[string]any
		Done     bool
		Imported []map[string]any
	}
	b.decode(b.must("import", "--dry-run", "--json"), &got)
	if len(got.Rows) != 3 || got.Done || got.Rows[0]["verdict"] != "duplicate" || got.Rows[0]["duplicate_of"] != 2.0 {
		t.Errorf("%+v", got)
	}
	b.decode(b.must("import", "--yes", "--json"), &got)
	if !got.Done || len(got.Imported) != 2 || got.Imported[0]["state"] != "shared" {
		t.Errorf("%+v", got)
	}
}

// TestImportOtherPrograms: files of Qwen Code and the Codex CLI are read only when
// they are named, never written, and their accounts are served while they live.
func TestImportOtherPrograms(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	at := func(d time.Duration) int64 { return time.Now().Add(d).UnixMilli() }
	claims := fmt.Sprintf(`{"exp":%d,"email":"cli@x.example","sub":"s"}`, at(time.Hour)/1000)
	codex := "eyFAKE." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".sig"
	qwen := filepath.Join(b.home, "oauth_creds.json")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(qwen, fmt.Sprintf(`{"access_token":"FAKE-q-at","refresh_token":"FAKE-q-rt","resource_url":"portal.qwen.ai","expiry_date":%d}`, at(time.Hour)))
	write(filepath.Join(b.home, "codex.json"), `{"OPENAI_API_KEY":null,"tokens":{"access_token":"`+codex+`","refresh_token":"FAKE-c-rt","account_id":"acct-1"}}`)
	files := []string{"--qwen", qwen, "--codex", "codex.json", "--yes"}
	if r := b.run(append([]string{"import", "--remove"}, files...)...); r.code != 2 || !strings.Contains(r.err, "nothing is deleted from") {
		t.Errorf("deleting from another program's file: %s", r)
	}
	if out := b.must(append([]string{"import"}, files...)...); !strings.Contains(out, "Imported: qwen, cli@x.example") || !strings.Contains(out, "with --adopt takes it over") {
		t.Errorf("import:\n%s", out)
	}
	if got := b.accounts(); !slices.Equal(got, []string{"qwen: shared", "cli@x.example: shared"}) {
		t.Errorf("accounts %v", got)
	}
	for label, token := range map[string]string{"qwen": "FAKE-q-at", "cli@x.example": codex} {
		if got := strings.TrimSpace(b.must("token", label)); got != token {
			t.Errorf("%s serves another token than its file's", label)
		}
	}
	for label, says := range map[string]string{"qwen": "Qwen ended its sign-in", "cli@x.example": "import FILE --adopt"} {
		if r := b.run("refresh", label, "--force"); r.code == 0 || !strings.Contains(r.err, says) {
			t.Errorf("refresh of %s: %s", label, r)
		}
	}
}

// TestImportFits: in a terminal no line is longer than the window.
func TestImportFits(t *testing.T) {
	t.Parallel()
	b := agentBench(t, 2)
	text := strings.Replace(b.authJSON(), `"credential_pool": {`, `"credential_pool": {"openrouter": [{"source": "env:OPENROUTER_API_KEY"}],`, 1)
	if err := os.WriteFile(filepath.Join(b.home, ".hermes", "auth.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for columns, what := range map[int]string{120: "WHAT HAPPENS", 90: "WHAT HAPPENS", 60: " new account", 40: " new account"} {
		x := open(t, b.command(t.Context(), "import", "--dry-run"), columns, 40, true)
		<-x.done
		got := x.written()
		if !strings.Contains(got, what) || !strings.Contains(got, "Nothing was changed.") {
			t.Errorf("%d columns:\n%s", columns, got)
		}
		for line := range strings.Lines(got) {
			if n := len([]rune(strings.TrimSpace(line))); n > columns && !strings.Contains(line, b.home) && !strings.Contains(line, "Nothing was changed.") {
				t.Errorf("%d columns: a line has %d: %s", columns, n, line)
			}
		}
	}
}

// TestImportBadFiles: each is one sentence, exit code 1, and nothing is made.
func TestImportBadFiles(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	for name, text := range map[string]string{"cut": `{"providers": {`, "binary": "\x00\x01", "list": "[]", "kind": `{"credential_pool": 7}`} {
		if err := os.WriteFile(filepath.Join(b.home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("loop", filepath.Join(b.home, "loop")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(b.home, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := []string{"cut", "binary", "list", "kind", "loop", "fifo", "huge", "absent", "tmp", "closed"}
	for name, size := range map[string]int64{"huge": 100 << 20, "closed": 10} {
		if err := errors.Join(os.WriteFile(filepath.Join(b.home, name), nil, 0o600), os.Truncate(filepath.Join(b.home, name), size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(b.home, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, args := range [][]string{{"import", name, "--yes"}, {"import", "--codex", name, "--dry-run"}} {
			if name == "kind" && args[1] == "--codex" {
				continue // a key that the Codex CLI's file does not have
			}
			r := b.run(args...)
			if r.code != 1 || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, filepath.Join(b.home, name)) {
				t.Errorf("%v: %s", args, r)
			}
		}
	}
	if r := b.run("import"); r.code != 1 || !strings.Contains(r.err, "hermes-agent has no auth.json in") {
		t.Errorf("without hermes-agent: %s", r)
	}
	if _, err := os.Stat(b.state()); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
}

// whole holds that every account is here once and lives, and that the file has
// no tokens left: no row was lost, none came back.
func (b *bench) whole(n int) {
	b.t.Helper()
	b.must("import", "--remove", "--yes")
	b.must("refresh", "--all", "--force")
	var want []string
	for i := range n {
		want = append(want, fmt.Sprintf("account %d: ok", i))
	}
	got := b.accounts()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		b.t.Errorf("accounts %v, want %v", got, want)
	}
	if left := tokensIn(b.authJSON()); len(left) > 0 {
		b.t.Errorf("%d tokens stay in auth.json", len(left))
	}
}

// TestImportsRace: processes import, take over, refresh, rename and list at
// once.
func TestImportsRace(t *testing.T) {
	b := agentBench(t, 5)
	var running []*process
	for range 3 {
		for _, args := range [][]string{
			{"import", "--yes"}, {"import", "--remove", "--yes"}, {"import", "--adopt", "--yes"}, {"refresh", "--all"},
			{"pool", "priority", "account 3", "0"}, {"list"},
		} {
			running = append(running, b.start(args...))
		}
	}
	for _, p := range running {
		if r := p.end(t); strings.Contains(r.err, "panic") {
			t.Errorf("%v: %s", p.Args[1:], r)
		}
	}
	b.whole(5)
}

// TestImportRacesRemovals: while processes bring accounts over, others remove,
// refresh, move and rename those that are here: what was removed stays away, and
// everybody else is here once, lives, and has its name.
func TestImportRacesRemovals(t *testing.T) {
	t.Parallel()
	b := agentBench(t, 6)
	b.must("import", "--remove", "--yes")
	b.must("export", "--hermes", "--yes", "account 3", "account 4", "account 5")
	for _, label := range []string{"account 3", "account 4", "account 5"} {
		b.must("remove", label, "--yes") // it is hermes-agent's alone now
	}
	var running []*process
	for range 2 {
		for _, args := range [][]string{
			{"import", "--remove", "--yes"}, {"remove", "account 0", "--yes"}, {"refresh", "--all", "--force"},
			{"pool", "priority", "account 2", "0"}, {"rename", "account 1", "one"}, {"import", "--yes"}, {"pool", "reset"},
		} {
			running = append(running, b.start(args...))
		}
	}
	for _, p := range running {
		if r := p.end(t); strings.Contains(r.err, "panic") {
			t.Errorf("%v: %s", p.Args[1:], r)
		}
	}
	b.must("import", "--remove", "--yes")
	b.must("refresh", "--all", "--force")
	got := b.accounts()
	slices.Sort(got)
	if want := []string{"account 2: ok", "account 3: ok", "account 4: ok", "account 5: ok", "one: ok"}; !slices.Equal(got, want) {
		t.Errorf("accounts %v, want %v", got, want)
	}
	if left := tokensIn(b.authJSON()); len(left) > 0 {
		t.Errorf("%d tokens stay in auth.json", len(left))
	}
}

// killedWhen starts a command and kills it once something is so, unless it has
// ended by then.
func (b *bench) killedWhen(so func() bool, args ...string) {
	b.t.Helper()
	p := b.start(args...)
	ended := make(chan result, 1)
	go func() { ended <- p.end(b.t) }()
	b.until(func() bool { return len(ended) > 0 || so() })
	_ = p.Process.Kill()
	<-ended
}

// TestImportKilled: imports are killed after each account that they stored, and
// when they have just written auth.json; the next one goes on.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	b := agentBench(t, 5)
	before := b.authJSON()
	for k := 1; k < 5; k++ {
		b.killedWhen(func() bool {
			heads, _ := filepath.Glob(filepath.Join(b.state(), "acct", "*.head"))
			return len(heads) >= k
		}, "import", "--yes")
	}
	b.killedWhen(func() bool { return b.authJSON() != before }, "import", "--remove", "--yes")
	b.whole(5)
}
