package accounts

import (
	"context"
	"fmt"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// maxLabel is the longest label in characters.
const maxLabel = 80

// CleanLabel returns a label as it is kept: without control characters and
// outer spaces, not longer than 80 characters. An empty one is an error.
func CleanLabel(label string) (string, error) {
	label = strings.TrimSpace(secret.Clean(label, maxLabel))
	if label == "" {
		return "", &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage, Message: "a label cannot be empty",
			Hint: "give a name such as `work`",
		}
	}
	if strings.ContainsRune(label, '/') {
		return "", &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage,
			Message: fmt.Sprintf("the label %q contains a slash, which separates provider and label", label),
			Hint:    "leave the slash out",
		}
	}
	return label, nil
}

// LabelFree returns an error when another account of the pool has this label,
// whatever the case of its letters.
func (as *Accounts) LabelFree(label, provider, region, except string) error {
	for _, a := range as.Snapshot().Accounts {
		if a.Provider == provider && a.Region == region && a.ID != except && strings.EqualFold(a.Label, label) {
			return taken(label, a.ID)
		}
	}
	return nil
}

func taken(label, id string) error {
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeUsage,
		Message: fmt.Sprintf("another account of this pool is called %q already (%s)", label, id),
		Hint:    "choose another label",
	}
}

// DefaultLabel returns the label that a new account of this provider and region
// gets when the person gives none.
func (as *Accounts) DefaultLabel(provider, region string) string {
	p, r, err := as.state.Provider(provider, region)
	if err != nil {
		return provider
	}
	return p.DefaultLabel(func(label string) bool { return as.LabelFree(label, p.ID, r.ID, "") != nil })
}

// Rename gives the account another label, unique in its pool.
func (as *Accounts) Rename(ctx context.Context, id, label string) error {
	label, err := CleanLabel(label)
	if err != nil {
		return err
	}
	if _, _, err := as.state.Folder.Store.Read(); err != nil {
		return err // such as that a newer program wrote it
	}
	h, err := as.state.Folder.ReadHead(id)
	if err != nil {
		return err
	}
	var refused error
	err = as.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		row := p.Find(id)
		if row == nil {
			as.state.Folder.Take(p, h) // not yet copied into the pool file
			if row = p.Find(id); row == nil {
				refused = noSuchAccount(id)
				return false
			}
		}
		for _, other := range p.Rows {
			if other.ID != id && other.Pool() == row.Pool() && strings.EqualFold(other.Label, label) {
				refused = taken(label, other.ID)
				return false
			}
		}
		changed := row.Label != label
		row.Label = label
		return changed
	})
	if err == nil {
		err = refused
	}
	if err == nil {
		as.keepLabel(ctx, id, label)
		as.state.Changed.Ring()
	}
	return err
}

// keepLabel copies the label into the head, for the case that the pool file is
// lost. A head that is busy gets it with another rename.
func (as *Accounts) keepLabel(ctx context.Context, id, label string) {
	as.state.Vault.Edit(ctx, id, func(h *record.Head) bool {
		changed := h.Label != label
		h.Label = label
		// Where another host of the fleet has renamed it meanwhile, its label came into the
		// pool file with the head: the later one stands, on all of them.
		err := as.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
			row := p.Find(id)
			if row == nil || row.Label == label {
				return false
			}
			row.Label = label
			return true
		})
		if err != nil {
			as.state.Log.Warn("could not write a label into the pool file", "account", id, "error", err)
		}
		return changed
	})
}
