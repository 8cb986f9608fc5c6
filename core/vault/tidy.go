package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// tidy deletes what killed processes may have left of the account: secrets that
// its head does not name, in a keystore that can list them, and temporary
// files. Since every secret is named by the head before it is written, and is
// written under the account's lock, nobody needs what is not named. The caller
// holds the lock and has no change under way. What cannot be deleted now is
// left to the next change.
func (v *Vault) tidy(ctx context.Context, ident record.Identity, h *record.Head) {
	v.Folder.CleanTemp(h.ID)
	for _, kind := range []string{ident.Kind, ident.MovingFrom} {
		for _, name := range v.namesOf(ctx, ident.StoreID, kind, h.ID) {
			at := record.Place{Kind: kind, Name: name}
			if h.Names(at) {
				continue
			}
			if err := v.delete(ctx, ident.StoreID, at); err != nil {
				v.Log.Warn("could not delete a secret that nothing names", "account", h.ID, "error", err)
			}
		}
	}
}
