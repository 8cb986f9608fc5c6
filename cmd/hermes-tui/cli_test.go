package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

func keysOf(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// accountFields are the documented names of `list --json`.
var accountFields = []string{
	"api", "auth_type", "confirm", "cooldown_until", "expires_at", "expires_in", "grant_expires_at", "id", "identity", "keystore", "label",
	"last_error", "last_refresh_at", "last_used_at", "needs_sign_in", "obtained_at", "owner", "paused_until", "place", "plan", "priority", "provider",
	"refresh_interrupted", "region", "requests", "source", "state",
}

// TestLoginJSON reads the events of a sign-in.
func TestLoginJSON(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	var names []string
	for line := range strings.Lines(b.signIn("minimax", "--label", "work", "--json")) {
		var event map[string]any
		b.decode(line, &event)
		name := event["event"].(string)
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
		want := map[string][]string{
			"code":      {"complete", "event", "expires_at", "interval_ms", "note", "page_trusted", "user_code", "verification_uri"},
			"poll":      {"event", "next_at", "reason"},
			"signed_in": {"account", "event", "note"},
		}[name]
		if diff := cmp.Diff(want, keysOf(event)); diff != "" {
			t.Errorf("fields of %s (-want +got):\n%s", name, diff)
		}
		if name == "signed_in" {
			if diff := cmp.Diff(accountFields, keysOf(event["account"].(map[string]any))); diff != "" {
				t.Errorf("fields of the account (-want +got):\n%s", diff)
			}
		}
	}
	if names[0] != "code" || names[len(names)-1] != "signed_in" {
		t.Errorf("events %v, want code first and signed_in last", names)
	}
}

// TestLifeByCommands walks one account through every command.
func TestLifeByCommands(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	out := b.signIn()
	for _, want := range []string{"To continue:", "1. Open: " + b.portal.URL(), "Signed in: minimax (MiniMax, ", "hermes-tui token "} {
		if !strings.Contains(out, want) {
			t.Errorf("login printed no %q:\n%s", want, out)
		}
	}
	account := b.account()
	if diff := cmp.Diff(accountFields, keysOf(account)); diff != "" {
		t.Errorf("fields of status (-want +got):\n%s", diff)
	}
	if account["state"] != "ok" || account["label"] != "minimax" || account["provider"] != "minimax-oauth" || account["keystore"] != "file" {
		t.Errorf("account %v", account)
	}
	token := b.must("token")
	if !b.portal.IsLive(strings.TrimSuffix(token, "\n")) || strings.Count(token, "\n") != 1 {
		t.Errorf("token printed %q, which is no live token and a newline", token)
	}
	var object map[string]any
	b.decode(b.must("token", b.id, "--json"), &object)
	fields := []string{"access_token", "account", "api", "base_url", "expires_in", "expiry", "label", "provider", "token_type"}
	if diff := cmp.Diff(fields, keysOf(object)); diff != "" {
		t.Errorf("fields of token (-want +got):\n%s", diff)
	}
	if object["access_token"] != strings.TrimSpace(token) || object["account"] != b.id || object["token_type"] != "Bearer" {
		t.Errorf("token --json: account %v, type %v, or another token", object["account"], object["token_type"])
	}
	if got := b.account()["requests"]; got != float64(2) {
		t.Errorf("%v hand-outs counted, want 2", got)
	}
	if out := b.must("refresh"); !strings.Contains(out, "refreshed") {
		t.Errorf("refresh: %s", out)
	}
	if out := b.must("refresh"); !strings.Contains(out, "nothing done: refreshed") {
		t.Errorf("second refresh: %s", out)
	}
	if got := b.portal.Stats().Refreshes.Total; got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
	b.must("refresh", "--force", "--json")
	if got := b.portal.Stats().Refreshes.Total; got != 2 {
		t.Errorf("%d refreshes after --force, want 2", got)
	}
	if b.must("token") == token {
		t.Error("the token after two refreshes is the old one")
	}
	if out := b.must("rename", "minimax", " wo\x1b[31mrk\n"); strings.ContainsAny(out, "\x1b") || strings.Count(out, "\n") != 1 {
		t.Errorf("rename does not say how the account is called now: %q", out)
	}
	b.must("rename", b.id, "work")
	if out := b.must("list"); !strings.Contains(out, "work") || !strings.Contains(out, b.id) {
		t.Errorf("list after rename:\n%s", out)
	}
	if out := b.must("keystore", "show"); !strings.Contains(out, "file") {
		t.Errorf("keystore show: %s", out)
	}
	if r := b.run("remove", "work"); r.code != 2 || !strings.Contains(r.err, "--yes") {
		t.Errorf("remove without --yes: %s", r)
	}
	b.must("remove", "WORK", "--yes")
	if out := b.must("list", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("list after remove: %s", out)
	}
}

// TestStatusJSON holds the fields of the whole state, with no account too.
func TestStatusJSON(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	var object map[string]any
	b.decode(b.must("status", "--json"), &object)
	if diff := cmp.Diff([]string{"accounts", "clock_skew_seconds", "keystore", "proxies"}, keysOf(object)); diff != "" {
		t.Error(diff)
	}
	if r := b.run("status", "--check"); r.code != 3 {
		t.Errorf("status --check without an account: %s", r)
	}
	var failure struct{ Error struct{ Code, Hint string } }
	if r := b.run("status", "--check", "--json"); r.code != 3 || json.Unmarshal([]byte(r.err), &failure) != nil || failure.Error.Code == "" || failure.Error.Hint == "" {
		t.Errorf("status --check --json without an account: %s", r)
	}
	b.signIn()
	if r := b.run("status", "--check"); r.code != 0 {
		t.Errorf("status --check with a good account: %s", r)
	}
}

// TestPurge leaves the configuration and nothing else.
func TestPurge(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.must("purge", "--yes")
	for _, gone := range []string{b.state(), filepath.Join(b.home, "tui", "data", "key")} {
		if entries, err := os.ReadDir(gone); err == nil && len(entries) > 0 {
			t.Errorf("purge left %v in %s", entries, gone)
		} else if info, err := os.Stat(gone); err == nil && !info.IsDir() {
			t.Errorf("purge left %s", gone)
		}
	}
	if out := b.must("list", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("list after purge: %s", out)
	}
}

// TestRefusedGrant shows that a dead sign-in is met once and never asked about
// again, and that the next sign-in repairs the same account.
func TestRefusedGrant(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	b.portal.RevokeAll()
	r := b.run("refresh", "--force", "--json")
	if r.code != 3 {
		t.Fatalf("refresh of a revoked grant: %s", r)
	}
	var object struct {
		Error struct{ Code, Message, Hint string }
	}
	decoder := json.NewDecoder(strings.NewReader(r.err))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&object); err != nil || object.Error.Code == "" || object.Error.Message == "" || decoder.More() {
		t.Errorf("the error is not one object: %v in %q", err, r.err)
	}
	asked := b.requests()
	for _, args := range [][]string{{"token"}, {"token", "--json"}, {"refresh"}, {"refresh", "--force"}, {"status", "--check"}} {
		if r := b.run(args...); r.code != 3 {
			t.Errorf("%v after the refusal: %s", args, r)
		}
	}
	if got := b.requests(); got != asked {
		t.Errorf("%d requests after the refusal", got-asked)
	}
	account := b.account()
	marker, _ := account["last_error"].(map[string]any)
	if at, err := time.Parse(time.RFC3339, fmt.Sprint(marker["at"])); err != nil || time.Since(at).Abs() > limit {
		t.Errorf("the account died at %v", marker["at"])
	}
	delete(marker, "at")
	want := map[string]any{
		"provider": "minimax-oauth", "code": "invalid_grant", "reason": "runtime_refresh_failure", "relogin_required": true,
		"message": "MiniMax answered 400: invalid_grant: the sign-in was revoked",
	}
	if account["state"] != "needs_sign_in" || account["expires_at"] != nil || !reflect.DeepEqual(marker, want) {
		t.Errorf("account %v, want the marker %v", account, want)
	}
	if n := b.records(); n != 0 {
		t.Errorf("%d records of dead tokens are kept", n)
	}
	id := b.id
	b.signIn("--account", "work")
	if got := b.account(); got["id"] != id || got["label"] != "work" || got["state"] != "ok" {
		t.Errorf("after the second sign-in %v", got)
	}
}

// TestWrongUsage holds that a wrong call is one sentence, exits with 2, and
// sends nothing.
func TestWrongUsage(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	asked := b.requests()
	write := func(name, text string) string {
		path := filepath.Join(b.home, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"nonsense"}, `no command "nonsense"`},
		{[]string{"tokn"}, "did you mean `token`?"},
		{[]string{"keystore", "mvoe"}, "did you mean `move`?"},
		{[]string{"help", "nonsense"}, `no command "nonsense"`},
		{[]string{"completion", "tcsh"}, `no command "completion tcsh"`},
		{[]string{"list", "minimax"}, "accepts 0 arguments, received 1"},
		{[]string{"token", "--nonsense"}, "`hermes-tui token --help`"},
		{[]string{"token", "a", "b"}, "accepts at most 1 argument, received 2"},
		{[]string{"pool", "priority", "minimax"}, "needs ACCOUNT PLACE"},
		{[]string{"token", "--timeout", "0s"}, "--timeout 10s"},
		{[]string{"token", "--min-ttl", "-1m"}, "--min-ttl is -1m0s"},
		{[]string{"refresh", "--timeout", "0s"}, "--timeout 60s"},
		{[]string{"serve", "--drain", "-1s"}, "--drain is -1s"},
		{[]string{"log", "-n", "-3"}, "--lines is -3"},
		{[]string{"list", "--sandbox"}, "cannot be used with a command"},
		{[]string{"confirm", "work", "--off", "--forget", "all"}, "--off and --forget cannot be combined"},
		{[]string{"confirm", "--off"}, "an account has to be named"},
		{[]string{"key", "revoke"}, "the name of a key, or --all"},
		{[]string{"key", "revoke", "editor", "--all"}, "the name of a key, or --all"},
		{[]string{"key", "add", "default"}, "choose another name"},
		{[]string{"key", "add", "editor", "--expires", "soon"}, "use days, weeks or hours"},
		{[]string{"key", "add", "editor", "--allow", "all"}, "one of proxy, tokens"},
		{[]string{"list", "--version"}, "--version cannot be used with a command;"},
		{[]string{"--theme", "dark", "token"}, "cannot be used with a command"},
		{[]string{"--fault", "503"}, "add --sandbox"},
		{[]string{"--access-ttl", "5s", "--plain"}, "add --sandbox"},
		{[]string{"token", "--keystore", "keyring"}, "hermes-tui keystore move keyring"},
		{[]string{"list", "--keystore", "keyring"}, "hermes-tui keystore move keyring"},
		{[]string{"keystore", "show", "--keystore", "keyring"}, "hermes-tui keystore move keyring"},
		{[]string{"list", "--log-level", "loud"}, "debug, info, warn or error"},
		{[]string{"man", filepath.Join(b.home, "none")}, "folder that exists"},
		{[]string{"token", "nobody"}, `no account "nobody"`},
		{[]string{"token", "--timeout", "soon"}, "soon"},
		{[]string{"login", "nobody"}, "nobody"},
		{[]string{"login", "--region", "mars"}, "mars"},
		{[]string{"login", "minimax", "--account", "minimax"}, "--account"},
		{[]string{"refresh", "minimax", "--all"}, "exclude"},
		{[]string{"rename", "minimax"}, "needs ACCOUNT LABEL"},
		{[]string{"keystore", "move", "memory"}, `"memory"`},
		{[]string{"--plan", "used"}, "--plan is a flag of the sandbox"},
		{[]string{"--fault", "503"}, "--fault is a flag of the sandbox"},
		{[]string{"login", "--keystore", "memory"}, "memory keystore"},
		{[]string{"login", "--keystore", "drawer"}, `"drawer"`},
		{[]string{"list", "--config", filepath.Join(b.home, "none.toml")}, "none.toml"},
		{[]string{"list", "--config", write("a.toml", "keystor = \"file\"\n")}, "keystor"},
		{[]string{"list", "--config", write("b.toml", "keystore = \n")}, "b.toml"},
		{[]string{"login", "minimax", "--region", "cn", "--config", write("c.toml", "[endpoints.\"minimax/cn\"]\noauth_url = \"http://example.com\"\n")}, "http"},
		{[]string{"list", "--config", write("d.toml", "[endpoints.nobody]\noauth_url = \"https://example.com\"\n")}, `look at endpoints."nobody" in the configuration`},
		{[]string{"sandbox", "--fault", "earthquake"}, "earthquake"},
		{[]string{"sandbox", "--listen", "0.0.0.0:0"}, "loopback"},
	} {
		r := b.run(tt.args...)
		if r.code != 2 || r.out != "" || !strings.HasPrefix(r.err, "hermes-tui: ") || strings.Count(r.err, "\n") > 2 || !strings.Contains(r.err, tt.says) {
			t.Errorf("%v should be refused with a sentence that says %q: %s", tt.args, tt.says, r)
		}
	}
	if got := b.requests(); got != asked {
		t.Errorf("%d requests for wrong calls", got-asked)
	}
}

// TestWrongUsageAsJSON holds that a wrong call is one object for whoever asked
// for JSON, wherever the flag stands.
func TestWrongUsageAsJSON(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	for _, args := range [][]string{
		{"token", "--json", "--nonsense"}, {"token", "--nonsense", "--json"}, {"list", "extra", "--json"},
		{"status", "nobody", "--json"}, {"list", "--json", "--config", "none.toml"},
	} {
		var object struct {
			Error struct{ Code, Message, Hint string }
		}
		r := b.run(args...)
		if err := json.Unmarshal([]byte(r.err), &object); err != nil || r.out != "" || object.Error.Code == "" || object.Error.Message == "" || object.Error.Hint == "" {
			t.Errorf("%v should say what is wrong as one object: %v, %s", args, err, r)
		}
	}
}

// TestBoundAccount holds that an account's tokens go where it signed in, and
// nowhere else.
func TestBoundAccount(t *testing.T) {
	t.Parallel()
	b, other := newBench(t, sandbox.Options{}), newBench(t, sandbox.Options{})
	b.signIn()
	b.env = append(b.env, "HERMES_TUI_MINIMAX_OAUTH_URL="+other.portal.URL())
	asked := b.requests()
	r := b.run("refresh", "--force")
	if r.code != 2 {
		t.Errorf("a refresh with another portal in the environment: %s", r)
	}
	if b.requests() != asked || other.requests() != 0 {
		t.Errorf("%d requests to the portal, %d to the other", b.requests()-asked, other.requests())
	}
}

// TestStatusShort: the characters are those that the person's settings ask for.
func TestStatusShort(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	for _, c := range []struct{ args, config, want string }{
		{"", "", "●1\n"}, {"--ascii", "", "*1\n"}, {"--plain", "", "1 ok\n"}, {"", "ascii = true\n", "*1\n"}, {"minimax", "", "●1\n"},
	} {
		b.configure(c.config)
		if out := b.must(append([]string{"status", "--short"}, strings.Fields(c.args)...)...); out != c.want {
			t.Errorf("%s with %q: %q, want %q", c.args, c.config, out, c.want)
		}
	}
	if r := b.run("status", "--short", "--json"); r.code != 2 || !strings.Contains(r.err, "cannot be combined") {
		t.Errorf("%s", r)
	}
}

// TestVersionAndCompletion runs what needs no account.
func TestVersionAndCompletion(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if out := b.must("version"); !regexp.MustCompile(`^hermes-tui \S+ \(go\S+, \w+/\w+\)\n$`).MatchString(out) {
		t.Errorf("version: %q", out)
	} else if flag := b.must("--version"); flag != out {
		t.Errorf("--version: %q, version: %q", flag, out)
	}
	if out := b.must("--help"); strings.Contains(out, "Additional Commands") || !regexp.MustCompile(`(?s)\nACCOUNTS\n.*\nTOKENS FOR PROGRAMS\n.*\nPOOL\n.*\nHERMES-AGENT\n.*\nTHE PROGRAM\n`).MatchString(out) ||
		!strings.Contains(out, "(also: ls)") || !strings.Contains(out, "(also: add)") || !strings.Contains(out, "(also: logout)") {
		t.Errorf("a command stands under no heading: %s", out)
	}
	var object map[string]any
	b.decode(b.must("version", "--json"), &object)
	if out := b.must("completion", "bash"); !strings.Contains(out, "__start_hermes-tui") {
		t.Error("the completion for bash does not define its function")
	}
	for _, command := range []string{"login", "list", "status", "token", "refresh", "rename", "remove", "keystore", "purge", "sandbox", "version"} {
		if out := b.must(command, "--help"); !strings.Contains(out, "Usage:") {
			t.Errorf("%s --help: %s", command, out)
		}
	}
	b.empty("No accounts yet. Sign in with `hermes-tui login`.")
	if _, err := os.Stat(b.state()); !os.IsNotExist(err) {
		t.Errorf("commands that only look made %s", b.state())
	}
}
