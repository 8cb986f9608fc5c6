package core

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/keystore"
)

// noKeystore is a system whose keystore fails in one way.
type noKeystore struct{ keystore.Condition }

func (n noKeystore) err() error {
	if n.Condition == 0 {
		n.Condition = keystore.Unavailable
	}
	return &keystore.Error{Condition: n.Condition, Op: "get", Message: "no keystore answers", Hint: "unlock it"}
}

func (n noKeystore) Open(context.Context, keystore.Kind, string) (keystore.Store, error) {
	return nil, n.err()
}

func (n noKeystore) Choose(context.Context, keystore.Kind) (keystore.Choice, error) {
	return keystore.Choice{}, n.err()
}

func (noKeystore) Describe(kind keystore.Kind) string { return string(kind) }

func (noKeystore) Turn() string { return "" }

func (noKeystore) Locked() (time.Time, bool) { return time.Time{}, false }

func (noKeystore) Forget() {}

func (n noKeystore) Backup(context.Context, string, []byte) error { return n.err() }
