package serve

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Refusal is what a model API answered instead of serving.
type Refusal = pool.Refusal

// maxName is the longest code and name of a model that is kept, in characters.
const maxName = 80

// maxWords is the longest text of a provider that is kept, in characters.
const maxWords = 300

// Refused writes down that the API refused a request of the account, so that
// every process knows: the account cools down, or its grant is dead and it needs
// signing in again, or neither. Call it for what is left after a 401 was tried
// once more with a refreshed token (Refused of [TokenOptions]).
//
// A refusal of a token that has been replaced by a new sign-in, a 401 for one
// that has been refreshed or has ended, and a refusal of a removed account change
// nothing.
func (sv *Serving) Refused(ctx context.Context, id string, r Refusal) error {
	r.Code, r.Message = secret.Words(r.Code, maxName), secret.Words(r.Message, maxWords)
	r.Model = secret.Clean(r.Model, maxName)
	defer sv.state.Changed.Ring()
	switch r.Verdict() {
	case pool.SignIn:
		return sv.quarantine(ctx, id, r)
	case pool.CoolDown:
		return sv.coolDown(ctx, id, r)
	default:
		return nil
	}
}

// coolDown lets the account rest, together with those that have the same secret.
func (sv *Serving) coolDown(ctx context.Context, id string, r Refusal) error {
	odds := pool.Odds{Now: sv.state.Clock.Now(), Jitter: sv.state.Jitter()}
	var rested []record.Row
	err := sv.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		rested = nil
		refused := p.Find(id)
		if refused == nil || r.Outdated(refused.SignInGen, refused.Gen) || ended(r, refused, odds.Now) {
			return false
		}
		odds.Sole = p.Sole(id, odds.Now)
		for i := range p.Rows {
			row := &p.Rows[i]
			if row.ID != id && !row.SameSecret(refused) {
				continue
			}
			if limits, changed := row.Limits.With(r, odds); changed {
				row.Limits = limits
				rested = append(rested, *row)
			}
		}
		return len(rested) > 0
	})
	if err != nil {
		return err
	}
	for _, row := range rested {
		sv.state.Vault.AddEvent(row.ID, row.Rested(r.Model, ""))
	}
	if len(rested) > 0 {
		sv.state.Go(func() { // a request does not wait for the store
			for _, row := range rested {
				sv.state.Shared.Cool(row, r.Model)
			}
		})
	}
	return nil
}

// ended reports whether an API refused a token because it had come to its end on the
// way, or while nobody could refresh it: the next request has another, or none.
func ended(r Refusal, of *record.Row, now time.Time) bool {
	return r.RefusesToken() && r.Gen == of.Gen && !of.Live(now)
}

// quarantine quarantines an account whose grant the API says is dead, if it is still
// the grant that was refused.
func (sv *Serving) quarantine(ctx context.Context, id string, r Refusal) error {
	h, err := sv.state.Folder.ReadHead(id)
	if err != nil || h.Removed() {
		return ignoreMissing(err)
	}
	marker := record.Note{
		Provider: h.Provider, Code: r.Code, Message: r.Message,
		Reason: "credential_pool_refresh_failure", Relogin: true, At: sv.state.Clock.Now().UTC(),
	}
	if marker.Message == "" {
		marker.Message = "the model API takes no token of this sign-in any more"
	}
	if err := sv.state.Vault.Quarantine(ctx, id, r.Gen, marker); err != nil {
		return ignoreMissing(err)
	}
	if h.Current == "" {
		return nil
	}
	// What was refused may be of tokens from before, and then nothing was done.
	if now, err := sv.state.Folder.ReadHead(id); err != nil || !now.Quarantined() {
		return ignoreMissing(err)
	}
	return sv.quarantineTwins(ctx, id, h.Current, marker)
}

// quarantineTwins quarantines the accounts that have the same refresh token as one
// that died. There are none unless somebody copied records by hand.
func (sv *Serving) quarantineTwins(ctx context.Context, id, hash string, marker record.Note) error {
	ids, err := sv.state.Folder.IDs()
	if err != nil {
		return err
	}
	for _, other := range ids {
		h, err := sv.state.Folder.ReadHead(other)
		if err != nil || other == id || h.Current != hash {
			continue
		}
		if err := sv.state.Vault.Quarantine(ctx, other, h.Gen, marker); ignoreMissing(err) != nil {
			return err
		}
	}
	return nil
}

// ignoreMissing drops the error that an account does not exist: it was removed
// while a request of it was under way.
func ignoreMissing(err error) error {
	if errors.Is(err, autherr.NotFound) {
		return nil
	}
	return err
}

// ClearCooldown lets the account serve at once, whatever the provider asked for.
func (sv *Serving) ClearCooldown(ctx context.Context, id string) error {
	if _, err := sv.state.Folder.ReadHead(id); err != nil {
		return err
	}
	defer sv.state.Changed.Ring()
	var was record.Row
	err := sv.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		row := p.Find(id)
		if row == nil || row.Limits.IsZero() {
			return false
		}
		was = *row
		row.Limits = pool.Limits{}
		return true
	})
	if err == nil && was.ID != "" {
		sv.state.Go(func() { sv.state.Shared.Warm(was) })
	}
	return err
}
