package core

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// What a program is configured after is sealed: nobody who can write the pool
// file or a head sends tokens elsewhere by it.
func TestRuntime_ComesFromTheSealedRecord(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	want := Runtime{Provider: "minimax-oauth", BaseURL: r.portal.URL() + "/anthropic", API: "anthropic_messages"}
	for _, path := range []string{filepath.Join(r.dir, "state", "pool.json"), filepath.Join(r.dir, "state", "acct", a.ID+".head")} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(r.portal.URL())) {
			t.Errorf("%s holds an address, which is not sealed there: %s", path, text)
		}
		text = bytes.ReplaceAll(text, []byte(`"api":`), []byte(`"base_url":"https://evil.example/anthropic","api":`))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := r.open()
	if got := c.Snapshot().Accounts[0].BaseURL; got != want.BaseURL {
		t.Errorf("a person reads the address %s", got)
	}
	before := r.refreshes()
	got, err := c.Runtime(t.Context(), a.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	token, err := c.Token(t.Context(), a.ID, TokenOptions{})
	if err != nil || token.BaseURL != want.BaseURL {
		t.Errorf("a token goes to %s, %v", token.BaseURL, err)
	}
	if r.refreshes() != before {
		t.Error("something was refreshed")
	}
}

// An account without tokens is configured as it will be once it has some.
func TestRuntime_WithoutTokens(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.portal.RevokeAll()
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("not signed out: %v", err)
	}
	got, err := r.core.Runtime(t.Context(), a.ID)
	if want := r.portal.URL() + "/anthropic"; err != nil || got.BaseURL != want || got.API != "anthropic_messages" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := r.core.Runtime(t.Context(), "0123456789"); err == nil || got.BaseURL != "" {
		t.Errorf("an account that is not there: %+v", got)
	}
}

// An account that is bound to other hosts than the configured ones is refused
// here as everywhere.
func TestRuntime_OtherHosts(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	c := config(r.dir, "https://account.example", r.clock)
	if _, err := Open(c).Runtime(t.Context(), a.ID); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("got %v", err)
	}
}
