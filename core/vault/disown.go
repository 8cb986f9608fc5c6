package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Disown quarantines an account because its access token was refused for good,
// but only if gen is still the generation of its tokens: a sign-in or a refresh
// that came between has brought others, of which the refusal says nothing. A gen
// of 0 stands for the current one. The account's other changes are waited for.
func (v *Vault) Disown(ctx context.Context, id string, gen uint64, marker record.Note) error {
	lock, err := v.Folder.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadHead(id)
	if err != nil || h.Removed() || h.Quarantined() {
		return err
	}
	ident, _, err := v.Folder.Identity()
	if err != nil {
		return err
	}
	forward, err := v.Settle(ctx, ident, h)
	if err != nil {
		return err
	}
	if forward {
		v.Finish(ctx, ident, h)
	}
	if gen != 0 && h.Gen != gen {
		return nil
	}
	return v.Quarantine(ctx, ident, h, marker, h.Current)
}
