package serve

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/vault"
)

// borrowed returns the token of a shared account: the one there is while it
// lives, else the one that its owner has put into its own file meanwhile. It is
// never refreshed here.
func (sv *Serving) borrowed(ctx context.Context, seen glimpse, s vault.Sealed, o TokenOptions, now time.Time) (Token, error) {
	h := s.Head
	refused := o.Refused != 0 && o.Refused == h.Gen
	if !refused && !wants(h, o, now) {
		return sv.remember(h.ID, seen, s), nil
	}
	moved, err := sv.follower.Follow(ctx, h.ID)
	if err == nil && moved {
		return sv.dearToken(ctx, h.ID, TokenOptions{MinLife: o.MinLife}, now)
	}
	switch {
	case refused && err == nil:
		return Token{}, h.Foreign("this account")
	case refused:
		return Token{}, err
	case h.Live(now):
		return sv.token(s), nil
	case err == nil:
		return Token{}, h.Trouble("this account", now)
	}
	return Token{}, err
}
