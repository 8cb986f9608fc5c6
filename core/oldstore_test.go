package core

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/oldstore"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// oldKeystores are the keystores of a store that an earlier build wrote. No bus
// and no keyring of this machine is asked.
type oldKeystores struct{ *keystore.Manager }

func (oldKeystores) Choose(_ context.Context, remembered keystore.Kind) (keystore.Choice, error) {
	return keystore.Choice{Kind: remembered, ChosenBy: keystore.ByRemembered}, nil
}

func keystoresOf(s *oldstore.Store, keyFile string) oldKeystores {
	return oldKeystores{&keystore.Manager{
		BlobDir: filepath.Join(s.Dir, "state", "acct"), LockPath: filepath.Join(s.Dir, "state", "keyring.lock"),
		Key: &keystore.Key{Path: filepath.Join(s.Dir, "data", keyFile), Passphrase: func(context.Context) (string, error) {
			return oldstore.Passphrase, nil
		}},
		Backend: oldstore.Ring(s.Items),
		Getenv:  func(string) string { return "tcp:host=nobody.asks" }, // the address of a bus
	}}
}

// openOld opens the store at the time at which its build had finished it.
func openOld(t *testing.T, s *oldstore.Store, keyFile string) *Core {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "tcp:host=nobody.asks")
	machine, err := s.Machine()
	if err != nil {
		t.Fatal(err)
	}
	table := provider.Default()
	for _, region := range []string{"global", "cn"} {
		if table, err = table.WithOverride("minimax-oauth", region, oldstore.Portal, oldstore.Portal+"/anthropic"); err != nil {
			t.Fatal(err)
		}
	}
	now := clock.NewFake(s.Want.At)
	c := Open(Config{
		Dir: filepath.Join(s.Dir, "state"), Machine: machine, Providers: table, Clock: now,
		Keystores: keystoresOf(s, keyFile), OAuth: oauth.NewClient(oauth.Config{Clock: now}),
		Random: rand.Reader, Jitter: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler), PID: 1, Program: "test",
	})
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// listed is an account as every build lists it.
type listed struct {
	ID            string          `json:"id"`
	Label         string          `json:"label"`
	Provider      string          `json:"provider"`
	Region        string          `json:"region"`
	AuthType      string          `json:"auth_type"`
	State         State           `json:"state"`
	ObtainedAt    *time.Time      `json:"obtained_at"`
	ExpiresAt     *time.Time      `json:"expires_at"`
	LastRefreshAt *time.Time      `json:"last_refresh_at"`
	LastUsedAt    *time.Time      `json:"last_used_at"`
	Requests      uint64          `json:"requests"`
	Priority      int             `json:"priority"`
	CooldownUntil *time.Time      `json:"cooldown_until"`
	Source        string          `json:"source"`
	Owner         *string         `json:"owner"`
	BaseURL       string          `json:"base_url"`
	API           string          `json:"api"`
	Keystore      string          `json:"keystore"`
	Interrupted   bool            `json:"refresh_interrupted"`
	LastError     *record.Note    `json:"last_error"`
	Identity      *oauth.Identity `json:"identity"`
}

func list(a Account, now time.Time) listed {
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC().Truncate(time.Second)
		return &t
	}
	l := listed{
		ID: a.ID, Label: a.Label, Provider: a.Provider, Region: a.Region, AuthType: a.AuthType, State: a.State(now),
		LastRefreshAt: at(a.LastRefreshAt), LastUsedAt: at(a.LastUsedAt), Requests: a.Requests, Priority: a.Priority,
		Source: a.Source, BaseURL: a.BaseURL, API: a.API, Keystore: a.Keystore, Interrupted: a.Interrupted, LastError: a.LastError,
	}
	if !a.Quarantined() && !a.ExpiresAt.IsZero() {
		l.ObtainedAt, l.ExpiresAt = at(a.ObtainedAt), at(a.ExpiresAt)
	}
	if a.Cooldown.Holds(now) {
		l.CooldownUntil = at(a.Cooldown.Until)
	}
	if a.Shared() {
		l.Owner = &a.Owner
	}
	if a.Identity.Known() {
		l.Identity = &a.Identity
	}
	return l
}

// TestOldStores_AreRead: every account, label, place, marker, cool-down, counter,
// token, event and key of an earlier build's store is there.
func TestOldStores_AreRead(t *testing.T) {
	oldstore.Each(t, func(t *testing.T, s *oldstore.Store) {
		c := openOld(t, s, "key")
		checkOld(t, c, s)
		var events []struct {
			Account string `json:"account"`
			record.Event
		}
		decode(t, s.Want.Log, &events)
		got, err := c.HistoryOf("")
		if err != nil || len(got) != len(events) {
			t.Fatalf("%d events, want %d; %v", len(got), len(events), err)
		}
		for i, e := range events {
			if got[i].Account != e.Account || !reflect.DeepEqual(got[i].Event, e.Event) {
				t.Errorf("event %+v of %s, want %+v of %s", got[i].Event, got[i].Account, e.Event, e.Account)
			}
		}
		if s.Items == nil {
			checkTokens(t, openOld(t, s, "key.passphrase"), s)
		}
	})
}

func checkOld(t *testing.T, c *Core, s *oldstore.Store) {
	t.Helper()
	var want []listed
	decode(t, s.Want.List, &want)
	have := c.Snapshot()
	if have.Err != nil || have.Notice != "" || len(have.Accounts) != len(want) {
		t.Fatalf("%d accounts, want %d; %v %q", len(have.Accounts), len(want), have.Err, have.Notice)
	}
	for i, w := range want {
		if h, err := c.state.Folder.ReadHead(w.ID); err == nil {
			w.Interrupted = h.Interrupted // that build listed what the pool file said, late as it was
		}
		if got := list(have.Accounts[i], s.Want.At); !reflect.DeepEqual(got, w) {
			t.Errorf("account %d is\n%s\nwant\n%s", i, encode(got), encode(w))
		}
	}
	if have.Strategies[pool.ID{Provider: "minimax-oauth", Region: "global"}] != pool.RoundRobin {
		t.Errorf("strategies %v", have.Strategies)
	}
	checkTokens(t, c, s)
	key, err := c.ProxyKey(t.Context())
	if err != nil || key.Reveal() != s.Want.ProxyKey {
		t.Errorf("the proxy's key is another one: %v", err)
	}
}

func checkTokens(t *testing.T, c *Core, s *oldstore.Store) {
	t.Helper()
	if len(s.Want.Tokens) < 5 {
		t.Fatalf("the store has %d tokens", len(s.Want.Tokens))
	}
	for id, want := range s.Want.Tokens {
		got, err := c.Token(t.Context(), id, TokenOptions{})
		if err != nil || got.Access.Reveal() != want {
			t.Errorf("the token of %s is another one: %v", id, err)
		}
	}
}

// TestOldStores_AreWritten: what a person does to an earlier build's store stays
// beside what was there.
func TestOldStores_AreWritten(t *testing.T) {
	oldstore.Each(t, func(t *testing.T, s *oldstore.Store) {
		c := openOld(t, s, "key")
		if notice, err := c.Reconcile(t.Context()); err != nil || notice != "" {
			t.Fatalf("%q, %v", notice, err)
		}
		before := c.Snapshot().Accounts
		last := before[len(before)-1]
		if err := c.Rename(t.Context(), last.ID, "renamed"); err != nil {
			t.Fatal(err)
		}
		added, err := c.AddKey(t.Context(), KeyOptions{Provider: "minimax", Label: "added"}, secret.New("sk-new-key-of-today"))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Remove(t.Context(), before[0].ID); err != nil {
			t.Fatal(err)
		}
		again := openOld(t, s, "key")
		after := again.Snapshot().Accounts
		if len(after) != len(before) || after[len(after)-1].ID != added.ID {
			t.Fatalf("%d accounts, want %d", len(after), len(before))
		}
		for i, a := range after[:len(after)-1] {
			want := before[i+1]
			if a.ID == last.ID {
				want.Label = "renamed"
			}
			if a.ID != want.ID || a.Label != want.Label || a.State(s.Want.At) != want.State(s.Want.At) {
				t.Errorf("%+v\nwant\n%+v", a, want)
			}
		}
		delete(s.Want.Tokens, before[0].ID)
		s.Want.Tokens[added.ID] = "sk-new-key-of-today"
		checkTokens(t, again, s)
	})
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func encode(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}
