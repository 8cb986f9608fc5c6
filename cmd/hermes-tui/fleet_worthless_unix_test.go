//go:build unix

package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// signInMany signs in to n accounts as login does, in this process.
func (b *bench) signInMany(n int) {
	b.t.Helper()
	accounts := b.opened(nil)
	var all sync.WaitGroup
	turns := make(chan struct{}, 8)
	for i := range n {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			var last core.SignInEvent
			for e := range accounts.SignIn(b.t.Context(), core.SignInOptions{Provider: "minimax", Label: fmt.Sprint("account-", i)}) {
				last = e
			}
			if _, ok := last.(core.SignedIn); !ok {
				b.t.Errorf("sign-in %d ended with %+v", i, last)
			}
		})
	}
	all.Wait()
}

// TestFleet_RemovedHoldsNothing: of what a host has on its disk, and can read in the etcd
// before its user there is deleted, nothing works once `fleet remove` has ended; and no
// value that the etcd has ever had holds a token in any spelling.
func TestFleet_RemovedHoldsNothing(t *testing.T) {
	t.Parallel()
	n := 6
	if testing.Short() {
		n = 2
	}
	if wide, err := strconv.Atoi(os.Getenv("HERMES_TUI_TEST_ACCOUNTS")); err == nil {
		n = wide
	}
	const prefix = "/hermes-tui/main/"
	store := etcdtest.Start(t, 3, etcdtest.Options{TLS: true, Args: []string{"--bcrypt-cost", "4"}})
	store.Users(t, "", prefix, "laptop", "builder", "pod")
	a := newBench(t, sandbox.Options{OneAccess: true, OnlyRefuse: true, AutoApprove: 1, Interval: time.Millisecond})
	w := a.tap()
	a.signInMany(n)
	b, r := a.host(), a.host()
	laptop, builder, pod := store.Files(t, "laptop"), store.Files(t, "builder"), store.Files(t, "pod")
	a.found(append(store.Endpoints(), laptop.Args()...))
	a.admitAs(roster.Owner, b, "host-2", host.Way{Etcd: host.Etcd{CA: builder.CA, Cert: builder.Cert, Key: builder.Key}})
	a.admitAs(roster.Reader, r, "pod", host.Way{Etcd: host.Etcd{CA: pod.CA, Cert: pod.Cert, Key: pod.Key}})

	t.Log("the host has everything")
	var accounts []struct{ ID string }
	b.decode(b.must("list", "--json"), &accounts)
	if len(accounts) != n {
		t.Fatalf("the second host has %d accounts, want %d", len(accounts), n)
	}
	user := store.Open(t, func(c *etcd.Config) { c.TLS = store.Certificate(t, "builder") })
	stolen := newLoot()
	reads := func() {
		t.Helper()
		all, err := user.Range(t.Context(), prefix)
		if err != nil {
			t.Fatal(err)
		}
		for _, kv := range all.KVs {
			stolen.take(kv.Value)
		}
		stolen.files(t, b.home)
		stolen.open()
	}
	reads()
	b.must("refresh", accounts[0].ID, "--force") // so that something is spent already
	a.must("refresh", accounts[1].ID, "--force") // and something the host has not seen
	b.must("list")
	r.must("list")
	reads()
	had := stolen.secrets(w.seen())
	if len(had) < 2*n+2 {
		t.Fatalf("the host has %d secrets of %d accounts, so that the search proves nothing", len(had), n)
	}
	live := 0
	for _, secret := range had {
		if a.portal.IsLive(secret) {
			live++
		}
	}
	if live < n {
		t.Fatalf("%d of the tokens that the host has work before it is removed, want %d", live, n)
	}

	began := time.Now()
	var removed struct {
		Refreshed []string
		Left      []any
	}
	a.decode(a.must("fleet", "remove", "host-2", "--yes", "--json"), &removed)
	took := time.Since(began)
	t.Logf("a host was removed that had %d accounts in %v", n, took.Round(time.Millisecond))
	if len(removed.Refreshed) != n || len(removed.Left) != 0 {
		t.Errorf("%d accounts got new tokens, want %d; left: %v", len(removed.Refreshed), n, removed.Left)
	}
	if n >= 100 && took > time.Minute {
		t.Errorf("it took %v, want a minute at most", took)
	}
	reads() // its user is not deleted yet, and its disk is as it left it
	had = stolen.secrets(w.seen())
	for _, secret := range had {
		if access, refresh := works(t, a.portal, secret); access || refresh {
			t.Errorf("a token of the host that was removed works: access %v, refresh %v", access, refresh)
		}
	}
	t.Logf("%d tokens and other secrets of the host were tried, with %d keys in %d pieces", len(had), len(stolen.keys), len(stolen.texts))
	for _, account := range accounts[:2] {
		a.id = account.ID
		if token := a.token(); !a.portal.IsLive(token) || strings.Contains(strings.Join(had, " "), token) {
			t.Error("a host that is left has no token of its own")
		}
		if got := strings.TrimSpace(r.must("token", account.ID)); !a.portal.IsLive(got) {
			t.Error("a reader that is left has no token that works")
		}
	}

	t.Log("its own commands, and its user")
	for _, args := range [][]string{{"token", accounts[0].ID}, {"refresh", accounts[0].ID, "--force"}, {"fleet", "status"}} {
		if got := b.run(args...); got.code != 3 || strings.Count(got.err, "\n") != 1 || !strings.Contains(got.err, "this host is no member of the fleet main any more") {
			t.Errorf("%v on the host that was removed: %s", args, got)
		}
	}
	store.Ctl(t, "user", "delete", "builder")
	if _, err := user.Range(t.Context(), prefix); !errors.Is(err, etcd.Denied) {
		t.Errorf("its user reads on: %v", err)
	}
	if _, err := user.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(prefix+"want/x", nil, 0)}}); !errors.Is(err, etcd.Denied) {
		t.Errorf("its user writes on: %v", err)
	}
	if got := b.run("refresh", accounts[0].ID, "--force"); got.code != 4 || !strings.Contains(got.err, "the fleet's etcd denies access") {
		t.Errorf("refresh without a user: %s", got)
	}

	searchHistory(t, store, w)
}

// searchHistory looks for every secret that went over the wire, in every spelling, in all
// that the etcd has ever had.
func searchHistory(t *testing.T, store *etcdtest.Cluster, w *wire) {
	t.Helper()
	root := store.Open(t, nil)
	head, err := root.Get(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	spelled := w.needles()
	for _, secret := range w.seen() {
		for _, form := range []string{`\u%04x`, `\u%04X`, `%%%02x`, `%%%02X`} {
			var text strings.Builder
			for _, c := range []byte(secret) {
				fmt.Fprintf(&text, form, c)
			}
			spelled.add(text.String()[:12*6])
		}
		quoted, _ := json.Marshal(secret)
		spelled.add(string(quoted))
	}
	values, size := 0, 0
	for batch, err := range root.Watch(t.Context(), "/", 1) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch.Events {
			values, size = values+1, size+len(e.Value)
			packed := newLoot() // what is packed, and not sealed
			packed.take(e.Value)
			for _, text := range append(packed.texts, []byte(e.Key)) {
				if spelled.in(text) {
					t.Errorf("a secret stands at %s, revision %d", e.Key, e.Mod)
				}
				if bytes.Contains(text, []byte("AGE-SECRET-KEY-")) {
					t.Errorf("a key stands at %s, revision %d", e.Key, e.Mod)
				}
			}
		}
		if batch.Next > head.Revision {
			break
		}
	}
	t.Logf("%d values with %d bytes were searched for %d secrets", values, size, w.count())
	if values < 20 {
		t.Errorf("only %d values", values)
	}
}
