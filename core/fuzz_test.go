package core

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// FuzzState: every file of the state folder says anything. The accounts can be
// listed, named and picked, a token is asked for, and nothing ends in a panic or
// in a token that nobody stored.
func FuzzState(f *testing.F) {
	const id = "a1b2c3d4e5"
	head := `{"version":1,"id":"` + id + `","rev":1,"gen":1,"provider":"minimax-oauth","region":"global","status":"ok","ref":{"kind":"file","name":"` + id + `.aa","length":2,"sha256":"00"},"attempts":1}`
	pool := `{"version":1,"rows":[{"id":"` + id + `","rev":1,"gen":1,"provider":"minimax-oauth","region":"global","status":"ok","label":"work","keystore":"file"}],"strategies":{"minimax-oauth/global":"random"}}`
	store := `{"version":1,"store_id":"ff","machine":"m","kind":"file"}`
	f.Add([]byte(head), []byte(pool), []byte(store), []byte(`{"`+id+`":{"requests":1}}`), []byte(`{"at":"2026-05-20T12:00:00Z","event":"signed_in"}`))
	f.Add([]byte(`{"version":1,"id":"`+id+`","status":"quarantined","intent":{"why":"login","blob":{"kind":"file","name":"../../x"}}}`), []byte(`{`), []byte(store), []byte(`null`), []byte(``))
	f.Add([]byte(head), []byte(`{"version":9,"rows":[{}]}`), []byte(`{}`), []byte(`[]`), []byte("\n\n"))
	memory := memoryFolder(f)
	f.Fuzz(func(t *testing.T, head, pool, store, usage, history []byte) {
		dir, err := os.MkdirTemp(memory, "fuzz-")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		for name, data := range map[string][]byte{
			"acct/" + id + ".head": head, "pool.json": pool, "store.json": store, "usage.json": usage, "history/" + id + ".jsonl": history,
		} {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
		c := Open(Config{
			Dir: dir, Machine: "m", Providers: provider.Default(), Clock: clock.NewFake(now), Keystores: noKeystore{keystore.NotFound},
			Jitter: func() float64 { return 0.5 }, Log: slog.New(slog.DiscardHandler),
		})
		before, unread := c.state.Folder.ReadHead(id)
		s := c.Snapshot()
		for _, a := range s.Accounts {
			_, _ = a.State(now).Words(), a.CanServe(now)
			_ = c.Ahead(a, now)
		}
		_ = s.Pools(now)
		if lease, err := c.Pick(t.Context(), "", PickOptions{Model: "big"}); err == nil {
			lease.Done()
		}
		_, _ = c.Select("work")
		_, _ = c.History(id)
		_ = c.Verify(t.Context(), id)
		if got, err := c.Token(t.Context(), id, TokenOptions{}); err == nil {
			t.Fatalf("a token that nobody stored: %+v", got)
		}
		_, _ = c.Reconcile(context.WithoutCancel(t.Context()))
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h, err := c.state.Folder.ReadHead(id); err == nil && h.Ref == nil && h.Status == record.StatusOK && h.Gen > 0 {
			if unread != nil || before.Ref != nil {
				t.Fatalf("the tokens of %+v were dropped", h)
			}
		}
	})
}
