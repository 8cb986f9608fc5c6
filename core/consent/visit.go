package consent

import (
	"context"
	"sync"
)

// Visit is what one "once" is good for: the run of a program, or one request that
// it sends to a proxy. It is safe for concurrent use.
type Visit struct {
	who func() Asker

	mu      sync.Mutex
	allowed map[string]bool // by the account's id
}

// NewVisit returns a visit of the program that who names. It is called at most
// once, and only if somebody has to be asked.
func NewVisit(who func() Asker) *Visit {
	return &Visit{who: sync.OnceValue(who), allowed: map[string]bool{}}
}

// Asker is the program whose visit it is.
func (v *Visit) Asker() Asker { return v.who().clean() }

// Allowed reports whether a person has allowed it the account.
func (v *Visit) Allowed(account string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.allowed[account]
}

// Allow notes that a person has.
func (v *Visit) Allow(account string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.allowed[account] = true
}

type visitKey struct{}

// With hands a visit to whatever is asked for with the context.
func With(ctx context.Context, v *Visit) context.Context {
	return context.WithValue(ctx, visitKey{}, v)
}

// Of returns the context's visit, usual where it has none.
func Of(ctx context.Context, usual *Visit) *Visit {
	if v, ok := ctx.Value(visitKey{}).(*Visit); ok {
		return v
	}
	return usual
}
