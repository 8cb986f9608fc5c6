package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/upkeep"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// accounts is a set of accounts that is as sick as a test wants.
type accounts struct {
	snapshot core.Snapshot
	choice   keystore.Choice
	probe    error
	verify   map[string]error
	servers  []upkeep.Server
	left     upkeep.Leftovers
	plan     *core.ImportPlan
	planErr  error
}

func (a accounts) Snapshot() core.Snapshot                        { return a.snapshot }
func (a accounts) Probe(context.Context) (keystore.Choice, error) { return a.choice, a.probe }
func (a accounts) DetectStore(context.Context) (core.StoreInfo, error) {
	return core.StoreInfo{Name: "encrypted file"}, a.probe
}
func (a accounts) Verify(_ context.Context, id string) error { return a.verify[id] }
func (a accounts) Servers() []upkeep.Server                  { return a.servers }
func (a accounts) Leftovers(context.Context) (upkeep.Leftovers, error) {
	return a.left, nil
}
func (a accounts) ClientKey(_ context.Context, text string) (clientkey.Key, error) {
	key := clientkey.Key{Name: "opencode", ExpiresAt: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}
	switch text[len(text)-1] {
	case '1':
		return key, clientkey.NotKnown()
	case '2':
		return key, key.Over(key.ExpiresAt)
	case '3':
		return key, &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeKeystoreLocked}
	}
	return key, nil
}

func (a accounts) PlanImport([]hermes.Source) (*core.ImportPlan, error) {
	return a.plan, a.planErr
}

// examine returns what the check called name finds.
func examine(t *testing.T, name string, p *Patient) []Finding {
	t.Helper()
	var found []Finding
	Examine(t.Context(), p, func(f Finding) {
		if f.Level != Good && f.Cure == "" {
			t.Errorf("no cure: %+v", f)
		}
		if f.Check == name {
			found = append(found, f)
		}
	})
	return found
}

func patient(t *testing.T, a accounts) *Patient {
	t.Helper()
	if a.choice.Kind == "" {
		a.choice.Kind = keystore.KindFile
	}
	return &Patient{
		Accounts: a, State: t.TempDir(), Data: t.TempDir(), Config: "config.toml", Key: filepath.Join(t.TempDir(), "key"),
		Env: func(string) string { return "" }, Transport: http.DefaultTransport, UserAgent: "test",
		Clock: clock.NewFake(now), Describe: func(k keystore.Kind) string { return string(k) },
	}
}

var now = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

// sees fails unless one finding has this level and says all of these.
func sees(t *testing.T, found []Finding, level Level, words ...string) {
	t.Helper()
next:
	for _, f := range found {
		for _, w := range words {
			if f.Level != level || !strings.Contains(f.Saw+" -> "+f.Cure, w) {
				continue next
			}
		}
		return
	}
	t.Errorf("no %s finding with %q in %+v", level, words, found)
}

// cures are what a program can do about each account: its cure as a command, and the
// same as an action.
func cures(found []Finding) map[string]string {
	all := map[string]string{}
	for _, f := range found {
		if f.Account != "" {
			all[f.Account] = string(f.Action) + ": " + f.Cure
		}
	}
	return all
}

func account(id string, change func(*core.Account)) core.Account {
	a := core.Account{Public: record.Public{
		ID: id, Gen: 1, Provider: "minimax-oauth", Region: "global", Status: record.StatusOK,
		ObtainedAt: now, ExpiresAt: now.Add(15 * time.Minute),
	}, Label: "work"}
	if change != nil {
		change(&a)
	}
	return a
}

// stored is a patient who has stored something.
func stored(t *testing.T, p *Patient) *Patient {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.State, "store.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestKeystore_BeforeAnythingIsStored: nothing is tried, since that would make
// folders and a key.
func TestKeystore_BeforeAnythingIsStored(t *testing.T) {
	p := patient(t, accounts{choice: keystore.Choice{Kind: keystore.KindFile}})
	sees(t, examine(t, "keystore", p), Good, "nothing is stored yet", "encrypted file")
	p = patient(t, accounts{snapshot: core.Snapshot{Store: core.StoreInfo{Kind: "file"}}, probe: errors.New("probed")})
	sees(t, examine(t, "keystore", stored(t, p)), Bad, "probed") // of DetectStore
}

func TestKeystore(t *testing.T) {
	t.Run("works", func(t *testing.T) {
		p := patient(t, accounts{choice: keystore.Choice{Kind: keystore.KindFile, Reason: "no OS keyring here"}})
		p.KeyBeside = true
		found := examine(t, "keystore", stored(t, p))
		sees(t, found, Good, "file works", "no OS keyring here")
		sees(t, found, Warning, "beside")
	})
	t.Run("locked", func(t *testing.T) {
		locked := &autherr.Error{Kind: autherr.Keystore, Message: "the keyring is locked", Hint: "unlock it"}
		sees(t, examine(t, "keystore", stored(t, patient(t, accounts{probe: locked}))), Bad, "the keyring is locked", "-> unlock it")
	})
	t.Run("a fleet that is away", func(t *testing.T) {
		away := &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeFleetAway, Message: "the fleet's store cannot be reached", Hint: "tokens are served"}
		found := examine(t, "keystore", stored(t, patient(t, accounts{choice: keystore.Choice{Kind: keystore.KindFile}, probe: away})))
		sees(t, found, Bad, "the fleet's store cannot be reached", "-> `hermes-tui fleet status` says how the etcd is; tokens are served")
		if strings.Contains(found[0].Saw, "file") {
			t.Errorf("the keystore is blamed: %+v", found)
		}
	})
	t.Run("a move that stopped", func(t *testing.T) {
		a := accounts{snapshot: core.Snapshot{Store: core.StoreInfo{Moving: "keyring"}}}
		sees(t, examine(t, "keystore", stored(t, patient(t, a))), Warning, "hermes-tui keystore move file")
	})
}

func TestAccounts(t *testing.T) {
	a := accounts{
		snapshot: core.Snapshot{Accounts: []core.Account{
			account("aaaa000001", nil),
			account("aaaa000002", func(a *core.Account) { a.Status = record.StatusQuarantined }),
			account("aaaa000003", func(a *core.Account) { a.Interrupted = true }),
			account("aaaa000004", nil),
			account("aaaa000005", func(a *core.Account) { a.Owner = "hermes-agent" }),
			account("aaaa000006", func(a *core.Account) { a.NotIncluded = true }),
			account("aaaa000007", func(a *core.Account) { a.GrantExpiresAt = now.Add(4 * 24 * time.Hour) }),
			account("aaaa000008", func(a *core.Account) { a.LastError = &record.Note{Message: "too many requests"} }),
			account("aaaa000009", func(a *core.Account) { a.SignedOut = true }),
			account("aaaa000010", nil),
		}},
		verify: map[string]error{
			"aaaa000004": &autherr.Error{Message: "the record is damaged", Hint: "sign in again"},
			"aaaa000010": &autherr.Error{Code: autherr.CodeRecordDamaged, Message: "the record is damaged", Hint: "run `hermes-tui login`"},
		},
	}
	found := examine(t, "accounts", patient(t, a))
	sees(t, found, Bad, "aaaa000002", "hermes-tui login --account aaaa000002")
	sees(t, found, Warning, "aaaa000003", "interrupted")
	sees(t, found, Bad, "aaaa000004", "damaged", "-> sign in again")
	sees(t, found, Warning, "aaaa000005", "hermes-agent")
	sees(t, found, Bad, "aaaa000006 is signed in, but the plan does not include the API", "hermes-tui refresh aaaa000006")
	sees(t, found, Warning, "ends the sign-in of aaaa000007 soon", "hermes-tui login --account aaaa000007")
	sees(t, found, Warning, "aaaa000008 failed: too many requests", "hermes-tui refresh aaaa000008")
	sees(t, found, Good, "5 of 10 accounts")
	want := map[string]string{
		"aaaa000002": "sign_in: hermes-tui login --account aaaa000002",
		"aaaa000003": "insist: hermes-tui refresh --force aaaa000003",
		"aaaa000006": "refresh: hermes-tui refresh aaaa000006",
		"aaaa000007": "sign_in: hermes-tui login --account aaaa000007",
		"aaaa000008": "refresh: hermes-tui refresh aaaa000008",
		"aaaa000009": "sign_in: hermes-tui login --account aaaa000009",
		"aaaa000010": "sign_in: hermes-tui login --account aaaa000010",
	}
	if diff := cmp.Diff(want, cures(found)); diff != "" {
		t.Error(diff)
	}
	for _, f := range found {
		if strings.Contains(f.Saw, "aaaa000005") && f.Action != Import {
			t.Errorf("what hermes-agent owns is not taken over: %+v", f)
		}
	}
}

// A reader of a fleet is well as long as its tokens hold.
func TestAccounts_OfAReader(t *testing.T) {
	lent := func(until time.Duration) func(*core.Account) {
		return func(a *core.Account) { a.Lend(); a.ExpiresAt = now.Add(until) }
	}
	found := examine(t, "accounts", patient(t, accounts{snapshot: core.Snapshot{Accounts: []core.Account{
		account("aaaa000001", lent(time.Minute)), account("aaaa000002", lent(-time.Minute)),
	}}}))
	sees(t, found, Good, "1 of 2 accounts have a token that the owners of the fleet refresh")
	sees(t, found, Warning, "aaaa000002 is refreshed by the owners of the fleet", "have a window or `hermes-tui serve` run")
	if len(found) != 2 {
		t.Errorf("found %+v", found)
	}
}

// A keystore that does not open is asked once, and not for two hundred accounts
// with a time limit each.
func TestAccounts_ClosedKeystore(t *testing.T) {
	locked := &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeKeystoreLocked, Message: "the keyring is locked", Hint: "unlock it"}
	a := accounts{verify: map[string]error{}}
	for i := range 5 {
		id := fmt.Sprintf("aaaa00000%d", i)
		a.snapshot.Accounts = append(a.snapshot.Accounts, account(id, nil))
		a.verify[id] = locked
	}
	found := examine(t, "accounts", patient(t, a))
	sees(t, found, Bad, "the keyring is locked", "-> unlock it")
	if len(found) != 1 {
		t.Errorf("found %+v", found)
	}
}

func TestLocks(t *testing.T) {
	p := patient(t, accounts{})
	if found := examine(t, "locks", p); len(found) != 0 {
		t.Errorf("before a lock was taken: %+v", found)
	}
	if entries, _ := os.ReadDir(p.State); len(entries) != 0 {
		t.Errorf("a lock file was made: %v", entries)
	}
	if err := os.WriteFile(filepath.Join(p.State, "store.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sees(t, examine(t, "locks", p), Good, "can be locked")
	p.State = filepath.Join(t.TempDir(), "none")
	if found := examine(t, "locks", p); len(found) != 0 {
		t.Errorf("before there is a store: %+v", found)
	}
	p.State = t.TempDir()
	if err := os.Mkdir(filepath.Join(p.State, "store.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	sees(t, examine(t, "locks", p), Bad, "cannot be locked", "local disk")
}

func TestAccounts_Unreadable(t *testing.T) {
	a := accounts{snapshot: core.Snapshot{Notice: "denied", Err: &autherr.Error{Message: "denied", Hint: "check the file's owner"}}}
	sees(t, examine(t, "accounts", patient(t, a)), Bad, "cannot be listed: denied", "-> check the file's owner")
}

func TestNetwork(t *testing.T) {
	var asked []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r)
		w.Header().Set("Date", now.Add(90*time.Second).Format(http.TimeFormat))
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	found := examine(t, "network", patient(t, accounts{servers: []upkeep.Server{
		{Name: "One", URL: server.URL + "/oauth2/token"}, {Name: "Two", URL: gone.URL + "/x"}, {Name: "Three", URL: "://"},
	}}))
	sees(t, found, Warning, "differs", "1m30s", "NTP")
	sees(t, found, Bad, "Two", "cannot be reached")
	sees(t, found, Bad, "Three", "config.toml")
	if len(asked) != 1 || asked[0].Method != http.MethodHead || asked[0].URL.Path != "/" || asked[0].Header.Get("Authorization") != "" {
		t.Errorf("asked %v", asked)
	}
}

func TestEnvironment(t *testing.T) {
	p := patient(t, accounts{snapshot: core.Snapshot{Accounts: []core.Account{account("aaaa000001", nil)}}})
	p.Env = func(name string) string {
		return map[string]string{"ANTHROPIC_API_KEY": "sk-secret", "HERMES_TUI_ACCOUNT": "nobody"}[name]
	}
	found := examine(t, "environment", p)
	sees(t, found, Warning, "ANTHROPIC_API_KEY is set", "unset ANTHROPIC_API_KEY")
	sees(t, found, Bad, "HERMES_TUI_ACCOUNT")
	for _, f := range found {
		if strings.Contains(f.Saw+f.Cure, "sk-secret") {
			t.Error("the value is shown")
		}
	}
	for _, name := range []string{"aaaa000001", "WORK", "minimax/work", "minimax/cn"} {
		if !known(p.Accounts.Snapshot(), name) {
			t.Errorf("%s is not known", name)
		}
	}
}

// What `connect env` sets is no conflict, and a proxy for plain requests is one
// only where it takes those to this machine too.
func TestEnvironment_WhatIsMeant(t *testing.T) {
	p := patient(t, accounts{})
	for _, tc := range []struct {
		env  map[string]string
		says string
	}{
		{map[string]string{"ANTHROPIC_AUTH_TOKEN": "local", "HERMES_TUI_LOCAL_KEY": "local"}, ""},
		{map[string]string{"ANTHROPIC_AUTH_TOKEN": "sk-secret", "HERMES_TUI_LOCAL_KEY": "local"}, "unset ANTHROPIC_AUTH_TOKEN"},
		{map[string]string{"HTTP_PROXY": "http://p.example", "NO_PROXY": "localhost, 127.0.0.1"}, ""},
		{map[string]string{"HTTP_PROXY": "http://p.example", "NO_PROXY": "127.0.0.0/8"}, ""},
		{map[string]string{"all_proxy": "http://p.example", "no_proxy": "*"}, ""},
		{map[string]string{"HTTPS_PROXY": "http://p.example"}, ""},
		{map[string]string{"http_proxy": "http://p.example", "NO_PROXY": "localhost"}, "NO_PROXY leaves out 127.0.0.1"},
	} {
		p.Env = func(name string) string { return tc.env[name] }
		if found := examine(t, "environment", p); tc.says == "" {
			sees(t, found, Good, "no variable")
		} else {
			sees(t, found, Warning, tc.says)
		}
	}
}

func TestLeftovers(t *testing.T) {
	look := func(left upkeep.Leftovers) []Finding {
		return examine(t, "leftovers", patient(t, accounts{left: left}))
	}
	sees(t, look(upkeep.Leftovers{}), Good, "nothing")
	found := look(upkeep.Leftovers{
		Rows: []string{"a", "b"}, Accounts: []string{"a", "b", "c"}, Unlisted: []string{"c"}, Probes: 1,
		Proxies: 1, Secrets: []record.Item{{}, {}}, Files: []string{"x"}, Orphans: []record.Item{{Name: "d.00"}}, Damaged: []error{errors.New("a.head")},
	})
	for _, words := range []string{
		"2 accounts are listed", "1 sign-in was", "2 accounts have changes", "2 secrets in", "1 probe", "1 temporary file was", "1 note was left behind by a proxy", "d.00",
	} {
		sees(t, found, Warning, words)
	}
	sees(t, found, Bad, "a.head")
}

func TestProxies(t *testing.T) {
	began := time.Date(2026, 5, 20, 12, 0, 0, 0, time.Local)
	found := examine(t, "proxies", patient(t, accounts{snapshot: core.Snapshot{Proxies: []proxies.Proxy{
		{Listens: []string{"127.0.0.1:8787", "/run/s.sock"}, PID: 4121, Began: began, PerMinute: 12},
		{Listens: []string{"127.0.0.1:8788"}, PID: 4122, Began: began},
	}}}))
	sees(t, found, Good, "serve runs on 127.0.0.1:8787 and /run/s.sock since 2026-05-20 12:00 (process 4121), 12 requests in the last minute", "")
	sees(t, found, Good, "8788 since 2026-05-20 12:00 (process 4122), 0 requests", "")
}

func TestHermes(t *testing.T) {
	home := t.TempDir()
	plan := &core.ImportPlan{}
	a := accounts{plan: plan, snapshot: core.Snapshot{Accounts: []core.Account{
		account("aaaa000001", nil), account("aaaa000002", func(a *core.Account) { a.Owner = "hermes-agent" }),
	}}}
	look := func() []Finding {
		p := patient(t, a)
		p.Env = func(name string) string { return map[string]string{"HOME": home}[name] }
		return examine(t, "hermes-agent", p)
	}
	if found := look(); len(found) != 0 {
		t.Errorf("without hermes-agent: %+v", found)
	}
	write(t, filepath.Join(home, ".hermes", "auth.json"), 0o600)
	sees(t, look(), Good, "no sign-in")
	plan.Rows = []core.ImportRow{{Verdict: hermes.New}, {Verdict: hermes.Here, Account: "aaaa000002", Shared: true}}
	sees(t, look(), Warning, "keeps 1 sign-in or key in", "hermes-tui import")
	if f := look()[0]; f.Action != Import {
		t.Errorf("a program cannot tell: %+v", f)
	}
	plan.Rows = []core.ImportRow{{Verdict: hermes.Here, Account: "aaaa000001"}}
	sees(t, look(), Bad, "1 account that", "hermes-tui import --remove")
	a.planErr = errors.New("it is damaged")
	sees(t, look(), Warning, "it is damaged")
}

func TestExamine_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	Examine(ctx, patient(t, accounts{probe: errors.New("x")}), func(f Finding) { t.Errorf("looked: %+v", f) })
}

func write(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
