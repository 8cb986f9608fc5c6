package host

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Recover makes this host the first owner of a fleet whose hosts are lost, with its
// recovery key, and copies its accounts here. The hosts before are out. Every account is
// still to be refreshed: what they hold works until then.
func (h *Host) Recover(ctx context.Context, way Way, fleet, host string, recovery secret.Secret) (Begun, error) {
	lock, err := h.alone()
	if err != nil {
		return Begun{}, err
	}
	defer func() { _ = lock.Unlock() }()
	if err := h.free(); err != nil {
		return Begun{}, err
	}
	if err := h.empty(); err != nil {
		return Begun{}, err
	}
	k, m, err := h.prepare(ctx, way, makes, fleet, host)
	if err != nil {
		return Begun{}, err
	}
	defer m.store.Close()
	as := m.roster(k)
	as.Show = way.Show
	view, fresh, err := as.Recover(ctx, recovery, m.Host)
	if err != nil {
		return Begun{}, m.explain(err)
	}
	done := Begun{Fleet: m.Fleet, Host: m.Host, Recovery: fresh}
	storeID, err := askStore(ctx, m, view)
	if err != nil {
		return done, err
	}
	if err := h.settle(ctx, m, view, storeID); err != nil {
		return done, err
	}
	if done.Moved, err = h.bring(ctx); err != nil {
		return done, err
	}
	board := m.board(h.state.Log)
	if err := board.Look(ctx); err != nil {
		return done, m.explain(err)
	}
	return done, board.RenewClients(ctx)
}
