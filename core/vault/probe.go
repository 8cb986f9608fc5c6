package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Probe proves that a blob can be written to this kind of keystore, read back
// and deleted.
func (v *Vault) Probe(ctx context.Context, kind keystore.Kind, storeID string) error {
	store, err := v.Keystores.Open(ctx, kind, storeID)
	if err != nil {
		return Explain(err)
	}
	p, err := v.Folder.BeginProbe(string(kind), storeID)
	if err != nil {
		return err
	}
	err = Explain(store.Probe(ctx, p.Name))
	// What a keyring was asked to write it may still write.
	p.End(codeOf(err) != autherr.CodeKeystoreLocked)
	return err
}

// mendProbes deletes what probes left that were killed.
func (v *Vault) mendProbes(ctx context.Context) (failed error) {
	for _, p := range v.Folder.DeadProbes() {
		store, err := v.Keystores.Open(ctx, keystore.Kind(p.Kind), p.StoreID)
		if err == nil {
			err = store.Delete(ctx, p.Name)
		}
		p.End(err == nil)
		if err != nil {
			failed = Explain(err)
		}
	}
	return failed
}
