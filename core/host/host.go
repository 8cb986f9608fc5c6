package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Host is what a person does with the fleet that this machine belongs to, or is about
// to.
type Host struct {
	state *state.State
	probe func(ctx context.Context) (keystore.Choice, error) // proves that a secret could be kept
}

// New returns the host of a state folder. probe proves that a secret could be kept, and
// says in which keystore.
func New(s *state.State, probe func(ctx context.Context) (keystore.Choice, error)) *Host {
	return &Host{s, probe}
}

// Way is how a fleet's etcd is reached, with the password of its user.
type Way struct {
	Etcd
	Password secret.Secret
	// Show is given a new recovery key before the fleet has it: if what follows is
	// interrupted, a person has the key. nil: it is only returned.
	Show func(recovery secret.Secret)
}

// storeKey is where the fleet says under which id its tokens are hashed.
const storeKey = "store"

// Begun is a fleet that was made.
type Begun struct {
	Fleet, Host string
	Recovery    secret.Secret // to be shown once, and kept by nobody else
	Moved       []string      // ids of the accounts that are the fleet's now
	Left        []Left        // those that are not, and why
}

// Left is an account that was not moved.
type Left struct {
	ID, Label string
	Err       error
}

// Init makes a fleet of this host, and moves its accounts in. name is the fleet's, host
// this one's; empty: the machine's.
func (h *Host) Init(ctx context.Context, way Way, name, host string) (Begun, error) {
	lock, err := h.alone()
	if err != nil {
		return Begun{}, err
	}
	defer func() { _ = lock.Unlock() }()
	if err := h.free(); err != nil {
		return h.goOn(ctx, name, err)
	}
	k, m, err := h.prepare(ctx, way, makes, name, host)
	if err != nil {
		return Begun{}, err
	}
	defer m.store.Close()
	as := m.roster(k)
	as.Show = way.Show
	view, recovery, err := as.Init(ctx, m.Host)
	if errors.Is(err, roster.ErrFleetExists) && m.undo(ctx, as) {
		view, recovery, err = as.Init(ctx, m.Host)
	}
	if err != nil {
		return Begun{}, m.explain(err)
	}
	done := Begun{Fleet: name, Host: m.Host, Recovery: recovery} // the key is shown, whatever follows
	ident, _, err := h.state.Folder.Store.Read()
	if err != nil {
		return done, err
	}
	if err := tellStore(ctx, m, view, ident.StoreID); err != nil {
		return done, err
	}
	if err := h.settle(ctx, m, view, ident.StoreID); err != nil {
		return done, err
	}
	done.Moved, done.Left, err = h.moveIn(ctx)
	return done, err
}

// goOn moves in the accounts that an interrupted Init has left; where there are none,
// busy stands.
func (h *Host) goOn(ctx context.Context, name string, busy error) (Begun, error) {
	_, m, err := h.members()
	if err != nil {
		return Begun{}, busy
	}
	defer m.store.Close()
	heads := m.heads(h.state.Log)
	ids, err := h.state.Folder.IDs()
	left := slices.ContainsFunc(ids, func(id string) bool {
		head, err := h.state.Folder.ReadHead(id)
		return err == nil && notIn(heads, head)
	})
	if err != nil || !left || m.Fleet != name {
		return Begun{}, busy
	}
	done := Begun{Fleet: m.Fleet, Host: m.Host}
	done.Moved, done.Left, err = h.moveIn(ctx)
	return done, err
}

// undo deletes what an interrupted attempt of this host to make the fleet has left.
func (m *Member) undo(ctx context.Context, as roster.Host) bool {
	is, err := as.Interrupted(ctx)
	return err == nil && is != nil && m.end(ctx, is...) == nil
}

// free returns an error where this host belongs to a fleet already.
func (h *Host) free() error {
	s, ok, err := Load(h.state.Dir)
	if err != nil {
		return err
	}
	if ok {
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeFleetExists,
			Message: fmt.Sprintf("this host belongs to the fleet %s already", s.Fleet),
			Hint:    "`hermes-tui fleet leave` ends that",
		}
	}
	if err := h.lost(); err != nil {
		return err
	}
	return h.state.Folder.CheckOwner()
}

// prepare makes this host's key, keeps it, and returns the member that the host is
// about to become.
func (h *Host) prepare(ctx context.Context, way Way, as standing, fleet, host string) (key, *Member, error) {
	if host == "" {
		host, _ = os.Hostname()
	}
	choice, err := h.probe(ctx)
	if err != nil {
		return key{}, nil, err
	}
	if _, err := h.state.Folder.Store.Ensure(ctx, string(choice.Kind)); err != nil {
		return key{}, nil, err
	}
	k, err := readKey(ctx, h.state.Vault) // of an attempt that was interrupted: others may know it
	if err != nil {
		if k.identity, err = roster.NewIdentity(); err != nil {
			return key{}, nil, err
		}
	}
	k.password = way.Password
	if err := k.keep(ctx, h.state.Vault); err != nil {
		return key{}, nil, err
	}
	m, err := newMember(Settings{Fleet: fleet, Host: host, Etcd: way.Etcd}, h.state.Vault, h.state.Clock)
	if err == nil {
		m.stand = as
	}
	return k, m, err
}

// settle writes down that this host is a member: its settings first, by which every
// program finds the fleet, then the store, which none that does not may change.
func (h *Host) settle(ctx context.Context, m *Member, view *roster.View, storeID string) error {
	m.Seen, m.StoreID, m.stand = view.Seen(), storeID, belongs
	if view.Me.Role == roster.Reader {
		m.Role = roster.Reader
	}
	if err := m.save(m.dir); err != nil {
		return err
	}
	return m.joined(ctx)
}

// joined has the store be the fleet's, if it is not: an attempt may have been
// interrupted before.
func (m *Member) joined(ctx context.Context) error {
	store := m.vault.Folder.Store
	ident, _, err := store.Read()
	if err != nil || ident.Fleet != "" || m.StoreID == "" || m.Leaving {
		return err
	}
	_, err = store.Join(ctx, m.Fleet, m.StoreID, ident.Kind)
	return err
}

// tellStore writes under which id the fleet's tokens are hashed.
func tellStore(ctx context.Context, m *Member, view *roster.View, storeID string) error {
	at := m.keys.Pool(storeKey)
	value, err := view.Wrap(at, []byte(`"`+storeID+`"`))
	if err != nil {
		return err
	}
	_, err = m.store.Commit(ctx, etcd.Txn{If: []etcd.Compare{view.Guard()}, Then: []etcd.Op{etcd.Put(at, value, 0)}})
	return m.explain(err)
}

// askStore reads it.
func askStore(ctx context.Context, m *Member, view *roster.View) (string, error) {
	at := m.keys.Pool(storeKey)
	got, err := m.store.Get(ctx, at)
	if err != nil {
		return "", m.explain(err)
	}
	body, err := view.Unwrap(at, got.KVs[0].Value)
	return strings.Trim(string(body), `"`), err
}

// Belongs returns why this machine is no host of a fleet, nil where it is one. The etcd is
// not asked.
func (h *Host) Belongs() error {
	_, m, err := h.members()
	if err != nil {
		return err
	}
	m.store.Close()
	return nil
}

// members opens the accounts of this host anew, as those of the fleet.
func (h *Host) members() (*vault.Vault, *Member, error) {
	fresh := *h.state.Vault
	m, err := member(&fresh, h.state.Clock)
	if err != nil {
		return nil, nil, err
	}
	if m == nil {
		return nil, nil, cmp.Or(h.lost(), noFleet())
	}
	if m.Role == roster.Reader {
		fresh.Heads = m.reader(h.state.Log)
		return &fresh, m, nil
	}
	fresh.Heads = m.heads(h.state.Log)
	return &fresh, m, nil
}

// notIn reports whether an interrupted Init has left an account out of the fleet.
func notIn(heads *fleet.Heads, head *record.Head) bool {
	return head.Gen > 0 && !head.Removed() && !head.Shared() && !heads.Belongs(head.ID) && !fleet.Leaves(heads, head.ID) && !fleet.Seen(heads, head.ID)
}

// moveIn brings each account of this host to the fleet.
func (h *Host) moveIn(ctx context.Context) (moved []string, left []Left, err error) {
	v, m, err := h.members()
	if err != nil {
		return nil, nil, err
	}
	defer m.store.Close()
	ids, err := h.state.Folder.IDs()
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		was, err := h.state.Folder.ReadHead(id)
		if err != nil || was.Removed() || was.Gen == 0 {
			continue
		}
		if was.Shared() {
			left = append(left, Left{id, was.Label, fmt.Errorf("%s refreshes it, on this machine alone", was.Owner)})
			continue
		}
		err = v.Change(ctx, id, func(*vault.Txn) error { return nil })
		if err != nil {
			left = append(left, Left{id, was.Label, err})
			continue
		}
		moved = append(moved, id)
	}
	return moved, left, nil
}

// bring copies every account of the fleet to this host.
func (h *Host) bring(ctx context.Context) (ids []string, err error) {
	v, m, err := h.members()
	if err != nil {
		return nil, err
	}
	defer m.store.Close()
	if m.Role == roster.Reader { // its list is what it has
		if err := v.Heads.Look(ctx); err != nil {
			return nil, err
		}
	}
	all, err := v.Heads.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range all {
		head, err := v.Heads.Get(ctx, id)
		if err != nil {
			return ids, err
		}
		if !head.Removed() {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func noFleet() error {
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeNoFleet,
		Message: "this host belongs to no fleet",
		Hint:    "make one with `hermes-tui fleet init`, or join one with `hermes-tui fleet join`",
	}
}
