package accounts

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Use makes the account or the pool that name means the default: it serves programs
// that name nobody, in every process from then on. It returns what was chosen, an
// account's id or a pool. An empty name takes the default away. No secret is
// opened.
func (as *Accounts) Use(ctx context.Context, name string) (chosen string, err error) {
	if name != "" {
		found, err := as.Select(name)
		if err != nil {
			return "", err
		}
		chosen = found[0].Pool().String()
		if len(found) == 1 && found[0].Called(name) {
			chosen = found[0].ID
		}
	}
	defer as.state.Changed.Ring()
	return chosen, as.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		changed := p.Default != chosen
		p.Default = chosen
		return changed
	})
}

// IsDefault reports whether an account serves programs that name nobody because a
// person chose it, alone or with its pool.
func (s Snapshot) IsDefault(a Account) bool {
	return s.Default != "" && (a.ID == s.Default || a.Pool().String() == s.Default)
}

// chosen are the accounts of the default; none where it is gone, or not among the
// snapshot's accounts.
func (s Snapshot) chosen() []Account {
	if s.Default == "" {
		return nil
	}
	return inPool(s.Accounts, s.IsDefault)
}
