package host

import (
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// lost returns an error where the accounts here are a fleet's and nothing says how it is
// reached; nil where they are none's. The settings are written before the store is the
// fleet's, and go after it is no more.
func (h *Host) lost() error {
	ident, ok, err := h.state.Folder.Store.Read()
	if err != nil || !ok || ident.Fleet == "" {
		return nil
	}
	if _, ok, err := Load(h.state.Dir); ok || err != nil { // another program has written them in between
		return err
	}
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged,
		Message: fmt.Sprintf("%s, which says how this host reaches its fleet %s, is missing", settingsPath(h.state.Dir), ident.Fleet),
		Hint:    "nothing was changed; put it back from a backup, or leave the fleet with `hermes-tui fleet leave --force`",
	}
}

// MayLeave returns why this host cannot leave a fleet in that way, as far as is known
// without its etcd.
func (h *Host) MayLeave(o Leaving) error {
	m, err := h.leaver(o)
	if err != nil {
		return err
	}
	m.store.Close()
	return nil
}

// leaver returns this host as the member that is to leave. Who does not ask the etcd needs
// no settings for that, so that it is the way out where they are damaged or lost.
func (h *Host) leaver(o Leaving) (*Member, error) {
	_, m, err := h.members()
	if !o.Force || autherr.CodeOf(err) != autherr.CodeRecordDamaged {
		return m, err
	}
	ident, _, failed := h.state.Folder.Store.Read()
	if failed != nil || ident.Fleet == "" {
		return nil, err
	}
	return newMember(Settings{
		Fleet: ident.Fleet, StoreID: ident.StoreID,
		Host: "lost", Etcd: Etcd{Endpoints: []string{"https://lost.invalid"}}, // which can be read again if this is interrupted
	}, h.state.Vault, h.state.Clock)
}
