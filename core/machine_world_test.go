package core

import (
	"context"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// machine is accounts whose processes are killed at any step, whose keystores
// finish writes late or are locked, and whose provider loses answers.
type machine struct {
	t      *rapid.T
	dir    string
	clock  *clock.Fake
	issuer *issuer
	stores map[keystore.Kind]*keystore.Memory
	locked bool
	random *mathrand.ChaCha8
	stored map[string]bool // refresh tokens that a keystore has kept in time
	late   []func()        // writes and deletions that a keystore finishes after their process was killed
	folder *record.Folder

	ids     []string
	removed map[string]bool
	gen     map[string]uint64 // highest generation seen of an account

	alive bool // a process runs
	// left counts down the steps to the kill; zero: nobody is killed.
	left int
}

// killed is what a kill -9 looks like from inside: nothing more is written, and
// the kernel gives the locks back.
type killed struct{}

func newMachine(t *rapid.T, dir string) *machine {
	m := &machine{
		t: t, dir: dir, clock: clock.NewFake(time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)),
		stores: map[keystore.Kind]*keystore.Memory{keystore.KindFile: keystore.NewMemory(), keystore.KindKeyring: keystore.NewMemory()},
		random: mathrand.NewChaCha8([32]byte{}), stored: map[string]bool{}, removed: map[string]bool{}, gen: map[string]uint64{},
	}
	m.issuer = &issuer{
		m: m, family: map[string]int{}, access: map[string]string{}, next: map[string]string{}, spent: map[string]bool{},
		revoked: map[int]bool{}, refused: map[string]bool{},
	}
	m.folder = record.Open(record.Options{Dir: dir, Machine: "machine", Random: m.random})
	return m
}

// step is a point at which a process may be killed.
func (m *machine) step(string) {
	if m.dies() {
		panic(killed{})
	}
}

func (m *machine) dies() bool {
	if m.left == 0 {
		return false
	}
	m.left--
	return m.left == 0
}

// process runs what one process does, which may be killed in the middle of it.
func (m *machine) process(do func(*Core) error) (died bool, err error) {
	m.alive = true
	m.left = rapid.IntRange(0, 16).Draw(m.t, "killed at step")
	defer func() {
		m.left, m.alive = 0, false
		if r := recover(); r == (killed{}) {
			died = true
		} else if r != nil {
			panic(r)
		}
	}()
	m.issuer.told = ""
	err = do(m.open())
	if told := m.issuer.told; told != "" {
		m.issuer.refused[told] = true
	}
	return false, err
}

// open returns the accounts as a new process sees them.
func (m *machine) open() *Core {
	c := Open(Config{
		Dir: m.dir, Machine: "machine", Providers: provider.Default(), Keystores: machineStores{m}, Clock: machineClock{m},
		Random: m.random, Jitter: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler), PID: os.Getpid(), Patience: 2 * time.Second,
	})
	c.engine.Rules = func(id, region string) (refresh.Rules, error) {
		return refresh.Rules{Flow: m.issuer, Check: c.state.Providers.Check}, nil
	}
	return c
}

// others is what other processes do in the middle of a refresh: they find the
// lock taken, and read what is committed.
func (m *machine) others() {
	if !rapid.Bool().Draw(m.t, "others look") {
		return
	}
	left := m.left
	m.left = 0
	defer func() { m.left = left }()
	busy := 0
	for _, id := range m.ids {
		if h := m.head(id); h.Removed() || h.Intent == nil || h.Intent.Why != record.ForRefresh {
			continue
		}
		if lock, err := m.open().state.Folder.TryLock(id); err != nil {
			m.t.Fatal(err)
		} else if lock == nil {
			busy++
		} else if err := lock.Unlock(); err != nil {
			m.t.Fatal(err)
		}
		m.readable(id)
	}
	if busy == 0 {
		m.t.Fatal("a request is under way without a lock")
	}
}

func (m *machine) head(id string) *record.Head {
	h, err := m.folder.ReadHead(id)
	if err != nil {
		m.t.Fatalf("the head of %s: %v", id, err)
	}
	return h
}

// bytes are all heads as they lie on the disk.
func (m *machine) bytes() string {
	var all strings.Builder
	for _, id := range m.ids {
		data, err := os.ReadFile(filepath.Join(m.dir, "acct", id+".head"))
		if err != nil {
			m.t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

// names are an account's secrets in one keystore.
func (m *machine) names(kind keystore.Kind, id string) (own []string) {
	names, _ := m.stores[kind].List(context.Background())
	for _, name := range names {
		if strings.HasPrefix(name, id+".") {
			own = append(own, name)
		}
	}
	slices.Sort(own)
	return own
}

type machineClock struct{ m *machine }

func (c machineClock) Now() time.Time {
	c.m.step("clock")
	return c.m.clock.Now()
}

func (c machineClock) After(d time.Duration) <-chan time.Time {
	c.m.clock.Advance(d)
	ch := make(chan time.Time, 1)
	ch <- c.m.clock.Now()
	return ch
}

type machineStores struct{ m *machine }

func (s machineStores) Open(_ context.Context, kind keystore.Kind, _ string) (keystore.Store, error) {
	return machineStore{s.m.stores[kind], s.m, kind}, nil
}

func (s machineStores) Choose(context.Context, keystore.Kind) (keystore.Choice, error) {
	return keystore.Choice{Kind: keystore.KindFile}, nil
}

func (machineStores) Backup(context.Context, string, []byte) error { return nil }

func (s machineStores) Describe(kind keystore.Kind) string { return string(kind) }

func (machineStores) Turn() string { return "" }

func (machineStores) Locked() (time.Time, bool) { return time.Time{}, false }

func (machineStores) Forget() {}

// machineStore is a keystore that may be locked, and whose caller may be killed
// before a call, while it is under way, or after it.
type machineStore struct {
	*keystore.Memory
	m    *machine
	kind keystore.Kind
}

func (s machineStore) Kind() keystore.Kind { return s.kind }

func (s machineStore) Probe(context.Context, string) error { return s.begin("probe") }

func (s machineStore) begin(op string) error {
	s.m.step(op)
	if s.m.locked {
		return &keystore.Error{Condition: keystore.Locked, Op: op, Message: "the keystore is locked"}
	}
	return nil
}

func (s machineStore) Prepare(ctx context.Context, name string) error {
	if err := s.begin("prepare"); err != nil {
		return err
	}
	return s.Memory.Prepare(ctx, name)
}

func (s machineStore) Get(ctx context.Context, name string) ([]byte, error) {
	if err := s.begin("get"); err != nil {
		return nil, err
	}
	return s.Memory.Get(ctx, name)
}

func (s machineStore) Put(ctx context.Context, name string, blob []byte) error {
	if err := s.begin("put"); err != nil {
		return err
	}
	return s.finish(func() error {
		if b, err := record.OpenBlob(blob); err == nil && s.m.alive {
			s.m.stored[b.Refresh.Reveal()] = true
		}
		return s.Memory.Put(ctx, name, blob)
	})
}

func (s machineStore) Delete(ctx context.Context, name string) error {
	if err := s.begin("delete"); err != nil {
		return err
	}
	return s.finish(func() error { return s.Memory.Delete(ctx, name) })
}

// finish does a call, unless its process is killed while it is under way: then
// the keystore does it later.
func (s machineStore) finish(call func() error) error {
	if s.m.dies() {
		s.m.late = append(s.m.late, func() { _ = call() })
		panic(killed{})
	}
	err := call()
	s.m.step("done")
	return err
}
