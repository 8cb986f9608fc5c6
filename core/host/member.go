package host

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/fleet/shared"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Member is this host as a member of its fleet. Nothing is read or asked before it is
// needed.
type Member struct {
	Settings
	Program
	dir   string
	vault *vault.Vault
	clock clock.Clock
	keys  roster.Keys
	store etcd.Store
	stand standing

	mu         sync.Mutex
	membership *roster.Membership
}

// Program is what a program that opens this host's accounts says of itself.
type Program struct {
	Version string // for the people on other hosts
	Ask     bool   // a person says whether what another host did not end is taken over
}

// Heads returns where the heads of this host's accounts stand: nil where it belongs to
// no fleet. The vault opens the host's own key. Where it cannot be read which fleet
// that is, each use says so.
func Heads(v *vault.Vault, c clock.Clock, log *slog.Logger, p Program) vault.Heads {
	m, err := member(v, c)
	switch {
	case err != nil:
		return unknown{err}
	case m == nil:
		return nil
	}
	m.Program = p
	if m.Role == roster.Reader {
		return m.reader(log)
	}
	return &heads{m.heads(log), m.board(log)}
}

// heads are those of a fleet's accounts, with what its hosts tell each other beside them.
type heads struct {
	*fleet.Heads
	shared *shared.Board
}

// Shared returns what the hosts tell each other.
func (h *heads) Shared() *shared.Board { return h.shared }

// MayWrite returns why the fleet's store would not take tokens now.
func (h *heads) MayWrite(ctx context.Context) error { return fleet.MayWrite(ctx, h.Heads) }

func (m *Member) board(log *slog.Logger) *shared.Board {
	return shared.New(shared.Config{
		Store: m.store, Keys: m.keys, Team: m, Folder: m.vault.Folder, Clients: vault.FleetClients{Vault: m.vault},
		Host: m.Host, Clock: m.clock, Log: log, Event: m.vault.AddEvent,
	})
}

// unknown are the heads of a fleet that is not known.
type unknown struct{ err error }

func (u unknown) Get(context.Context, string) (*record.Head, error)     { return nil, u.err }
func (u unknown) List(context.Context) ([]string, error)                { return nil, u.err }
func (u unknown) Claim(context.Context, string) (vault.Claim, error)    { return nil, u.err }
func (u unknown) TryClaim(context.Context, string) (vault.Claim, error) { return nil, u.err }
func (u unknown) Watch(context.Context) error                           { return u.err }
func (u unknown) Look(context.Context) error                            { return u.err }

// member returns this host as a member; nil where it is none.
func member(v *vault.Vault, c clock.Clock) (*Member, error) {
	s, ok, err := Load(v.Folder.Dir())
	if err != nil || !ok {
		return nil, err
	}
	return newMember(s, v, c)
}

func newMember(s Settings, v *vault.Vault, c clock.Clock) (*Member, error) {
	keys, err := roster.NewKeys(s.Fleet)
	if err != nil {
		return nil, err
	}
	m := &Member{Settings: s, dir: v.Folder.Dir(), vault: v, clock: c, keys: keys}
	m.store = &link{open: func(ctx context.Context) (etcd.Store, error) {
		var k key
		if s.User != "" {
			if k, err = readKey(ctx, v); err != nil {
				return nil, err
			}
		}
		return dial(s.Etcd, k)
	}, cure: m.denied}
	return m, nil
}

func (m *Member) heads(log *slog.Logger) *fleet.Heads {
	c := m.config(log)
	c.Beside = m.board(log).HandIn
	return fleet.New(c)
}

// reader are the heads of a host that is given access tokens only.
func (m *Member) reader(log *slog.Logger) *fleet.Reader { return fleet.NewReader(m.config(log)) }

func (m *Member) config(log *slog.Logger) fleet.Config {
	return fleet.Config{
		Store: m.store, Keys: m.keys, Team: m, Folder: m.vault.Folder, Keystores: m.vault.Keystores,
		Host: m.Host, Version: m.Program.Version, Boot: boot(), Ask: m.Ask, Clock: m.clock, Clocks: clock.System{}, Log: log,
	}
}

// View implements [fleet.Team].
func (m *Member) View(ctx context.Context, stamp []byte) (fleet.View, error) {
	v, err := m.view(ctx, stamp)
	if err != nil {
		return nil, fleet.Explain(err)
	}
	return v, nil
}

func (m *Member) view(ctx context.Context, stamp []byte) (*roster.View, error) {
	ms, err := m.open(ctx)
	if err != nil {
		return nil, err
	}
	return ms.View(ctx, stamp)
}

// Restored implements [fleet.Team].
func (m *Member) Restored(ctx context.Context) error {
	ms, err := m.open(ctx)
	if err != nil {
		return err
	}
	return ms.MarkRestored(ctx, m.Host)
}

// Accept implements [fleet.Team].
func (m *Member) Accept(ctx context.Context) error {
	ms, err := m.open(ctx)
	if err != nil {
		return err
	}
	return ms.AcceptRestore(ctx)
}

// open opens this host's key.
func (m *Member) open(ctx context.Context) (*roster.Membership, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.membership != nil {
		return m.membership, nil
	}
	k, err := readKey(ctx, m.vault)
	if err != nil {
		return nil, err
	}
	if err := m.joined(ctx); err != nil {
		return nil, err
	}
	m.membership = roster.NewMembership(m.roster(k), m.Seen, m.keep)
	return m.membership, nil
}

func (m *Member) roster(k key) roster.Host {
	return roster.Host{Store: m.store, Keys: m.keys, Identity: k.identity, Clock: m.clock}
}

// keep writes down what was seen of the fleet.
func (m *Member) keep(ctx context.Context, over func(roster.Seen) roster.Seen) error {
	_, err := m.edit(ctx, func(s *Settings) { s.Seen = over(s.Seen) })
	return err
}

// edit changes the settings as they stand by now, while no other program of this host does.
// It changes none where the host has left meanwhile, and returns those of no fleet.
func (m *Member) edit(ctx context.Context, change func(*Settings)) (s Settings, err error) {
	err = m.locked(ctx, func() error {
		now, ok, err := Load(m.dir)
		if err != nil || !ok || now.Fleet != m.Fleet {
			return err
		}
		change(&now)
		s = now
		return s.save(m.dir)
	})
	return s, err
}

// locked does something with the settings while no other program of this host does.
func (m *Member) locked(ctx context.Context, do func() error) error {
	lock, err := m.vault.Folder.LockNote(ctx, "seen.lock")
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	return do()
}

// boot says which start of the machine this is, where the machine says so.
func boot() string {
	data, err := atomicfile.ReadForeign("/proc/sys/kernel/random/boot_id", maxFile)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
