package fleet

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/keystore"
)

var start = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

const (
	life    = 15 * time.Minute
	storeID = "00112233445566778899aabbccddeeff"
)

// fleet is several hosts at one store and one provider, by one clock.
type fleet struct {
	*testing.T
	clock    *clock.Fake
	etcd     *etcdtest.Fake
	keys     roster.Keys
	provider *provider
	hosts    []*host
	reader   *host  // nil: there is none
	out      string // name of a host that is no member any more
	marked   int    // how often a host told that the store was restored
	stamps   int    // that were written
	waits    int    // that were begun, each of another name
	accepted acceptedSeen
	marking  int           // the stamp in whose place it did so last
	stored   func(h *host) // a host has put something into its keystore
}

func newFleet(t *testing.T, n int) *fleet {
	t.Helper()
	f := &fleet{T: t, clock: clock.NewFake(start)}
	f.etcd = etcdtest.NewFake(f.clock.Now)
	f.provider = &provider{clock: f.clock, current: 1}
	var err error
	if f.keys, err = roster.NewKeys("prod"); err != nil {
		t.Fatal(err)
	}
	f.put(f.keys.Stamp(), "{}")
	for range n {
		f.add()
	}
	return f
}

func (f *fleet) put(key, value string) {
	f.Helper()
	_, err := f.etcd.Client("admin").Commit(f.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(key, []byte(value), 0)}})
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fleet) delete(key string) {
	f.Helper()
	if _, err := f.etcd.Client("admin").Commit(f.Context(), etcd.Txn{Then: []etcd.Op{etcd.Delete(key)}}); err != nil {
		f.Fatal(err)
	}
}

// host is one state folder with a keystore of its own.
type host struct {
	*fleet
	name   string
	folder *record.Folder
	store  *keystore.Memory
	other  *keystore.Memory // of another kind than "memory"; nil: there is none
	link   *etcdtest.Client
	vault  *vault.Vault
	engine *refresh.Engine
	away   time.Duration // by which its clocks have run further, asleep
	wall   time.Duration // by which its wall clock is set
}

func (f *fleet) add() *host {
	f.Helper()
	h := &host{fleet: f, name: fmt.Sprintf("host-%d", len(f.hosts)+1), store: keystore.NewMemory()}
	h.folder = record.Open(record.Options{Dir: f.scratch(), Machine: h.name, Random: rand.Reader})
	if _, err := h.folder.Store.Join(f.Context(), "prod", storeID, "memory"); err != nil {
		f.Fatal(err)
	}
	h.link = f.etcd.Client(h.name)
	h.start()
	f.hosts = append(f.hosts, h)
	return h
}

// folders is where those of all hosts are. What a killed process of a test is about to write
// after it stands there, too, and goes in the end.
var folders string

// TestMain makes the place for the hosts' folders.
func TestMain(m *testing.M) {
	var err error
	if folders, err = os.MkdirTemp("", "fleet-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	for range 10 {
		if os.RemoveAll(folders) == nil {
			break
		}
	}
	os.Exit(code)
}

// scratch is a folder for a host.
func (f *fleet) scratch() string {
	f.Helper()
	dir, err := os.MkdirTemp(folders, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// start is a new process of the host.
func (h *host) start() {
	c := ticking{h.clock}
	log := slog.New(slog.DiscardHandler)
	folder := record.Open(record.Options{Dir: h.folder.Dir(), Machine: h.name, Random: rand.Reader})
	h.vault = &vault.Vault{Folder: folder, Keystores: h, Clock: c, Log: log, PID: 1, Patience: time.Second}
	h.vault.Heads = h.kind(Config{
		Store: h.link, Keys: h.keys, Team: team{h.fleet, h.link, h.name}, Folder: folder, Keystores: h, Host: h.name, Boot: "boot",
		Clock: c, Clocks: h, Log: log,
	})
	h.engine = &refresh.Engine{
		Vault: h.vault, Clock: c, Jitter: func() float64 { return 0 }, Log: log,
		Rules: func(string, string) (refresh.Rules, error) {
			return refresh.Rules{Flow: flow{h.provider, h}, Check: func(oauth.Binding) error { return nil }}, nil
		},
	}
}

// kind are the heads of an owner, or of a reader.
func (h *host) kind(c Config) vault.Heads {
	if h == h.reader {
		return NewReader(c)
	}
	return New(c)
}

// Open implements [vault.Keystores].
func (h *host) Open(_ context.Context, kind keystore.Kind, _ string) (keystore.Store, error) {
	if h.other != nil && kind != "memory" {
		return h.other, nil
	}
	return telling{h.store, h}, nil
}

// telling is a keystore that tells of what was put.
type telling struct {
	*keystore.Memory
	host *host
}

func (s telling) Put(ctx context.Context, name string, data []byte) error {
	err := s.Memory.Put(ctx, name, data)
	if err == nil && s.host.stored != nil {
		s.host.stored(s.host)
	}
	return err
}

// Readings implements [clock.Reader].
func (h *host) Readings() clock.Readings {
	return clock.Readings{h.clock.Now().Sub(start) + h.wall, h.clock.Now().Sub(start), h.clock.Now().Sub(start) + h.away}
}

// ticking is a fake clock whose waits pass at once, moving it on.
type ticking struct{ *clock.Fake }

func (c ticking) After(d time.Duration) <-chan time.Time {
	c.Advance(d)
	ch := make(chan time.Time, 1)
	ch <- c.Now()
	return ch
}

// signIn makes an account on this host and returns its id.
func (h *host) signIn() string {
	h.Helper()
	id, err := h.folder.Reserve(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	head := &record.Head{Public: record.Public{ID: id, Status: record.StatusOK, Provider: "minimax-oauth", Skew: time.Minute}, Label: "work"}
	err = h.vault.Create(h.Context(), head, func(t *vault.Txn) error {
		if err := t.Begin(h.Context(), record.ForLogin, ""); err != nil {
			return err
		}
		return t.Commit(h.Context(), h.provider.login(t.Store.StoreID, id, 1))
	})
	if err != nil {
		h.Fatal(err)
	}
	return id
}

func (h *host) refresh(id string) (refresh.Result, error) {
	return h.engine.Refresh(h.Context(), id, refresh.Request{})
}

// access is the access token that a reader on this host gets.
func (h *host) access(id string) string {
	h.Helper()
	s, err := h.vault.Read(h.Context(), id)
	if err != nil {
		return "error: " + err.Error()
	}
	return s.Blob.Access.Reveal()
}

func (h *host) head(id string) *record.Head {
	h.Helper()
	head, err := h.vault.Heads.Get(h.Context(), id)
	if err != nil {
		h.Fatal(err)
	}
	return head
}

// expire moves the clock to where the newest token has just ended.
func (f *fleet) expire() { f.clock.Advance(life + time.Second) }

// asked is a refresh that somebody asked for.
var asked = refresh.Request{Asked: true}

// token is the refresh token with a number.
func (f *fleet) token(n int) secret.Secret { return secret.New(fmt.Sprintf("refresh-token-%d", n)) }
