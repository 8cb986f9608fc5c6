package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Etcd returns how this host reaches the etcd of its fleet.
func (h *Host) Etcd() (Etcd, error) {
	s, ok, err := Load(h.state.Dir)
	if err == nil && !ok {
		err = noFleet()
	}
	return s.Etcd, err
}

// Reconnect has this host reach the etcd of its fleet in another way from now on, once
// that was proved: the fleet is read there, and its keys may be written. Nothing else
// changes, and after an error nothing at all. A way with a user and no password has the
// one that is kept.
func (h *Host) Reconnect(ctx context.Context, way Way) (Settings, error) {
	if err := h.Belongs(); err != nil {
		return Settings{}, err
	}
	lock, err := h.alone()
	if err != nil {
		return Settings{}, err
	}
	defer func() { _ = lock.Unlock() }()
	_, m, err := h.members()
	if err != nil {
		return Settings{}, err
	}
	m.store.Close()
	m.stand = reconnects
	k, err := readKey(ctx, h.state.Vault)
	if err != nil {
		return Settings{}, err
	}
	old := k.password
	if way.User == "" || !way.Password.IsZero() {
		k.password = way.Password
	}
	if m.store, err = dial(way.Etcd, k); err != nil {
		return Settings{}, err
	}
	defer m.store.Close()
	if err := m.prove(ctx, k); err != nil {
		return Settings{}, err
	}
	changed := k.password.Reveal() != old.Reveal()
	if changed {
		if err := k.keep(ctx, h.state.Vault); err != nil {
			return Settings{}, err
		}
	}
	s, err := m.edit(ctx, func(s *Settings) { s.Etcd = way.Etcd })
	if err == nil && s.Fleet == "" {
		err = noFleet()
	}
	if err != nil && changed { // the way of before goes on
		k.password = old
		err = errors.Join(err, k.keep(context.WithoutCancel(ctx), h.state.Vault))
	}
	return s, err
}

// prove returns an error unless this host is a member of the fleet that is there, and may
// write what its role has to.
func (m *Member) prove(ctx context.Context, k key) error {
	_, err := m.roster(k).Open(ctx, m.Seen)
	var older *roster.Older
	switch {
	case errors.As(err, &older) && older.View != nil: // it was restored, which the next command deals with
	case older != nil || errors.Is(err, roster.ErrNoFleet):
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeNoFleet, Err: err,
			Message: fmt.Sprintf("there is no fleet %s that this host knows in the etcd at that address", m.Fleet), Hint: "check the endpoints; nothing was changed",
		}
	case err != nil:
		return m.explain(err)
	}
	at := []string{m.keys.Alive(m.Host)}
	if m.Role != roster.Reader {
		at = append(at, m.keys.Fleet(), m.keys.Stamp())
	}
	return m.explain(etcd.MayWrite(ctx, m.store, at...))
}
