package keystore

import (
	"bytes"
	"context"
)

// probe writes a blob, reads it back and deletes it. A keystore
// that did not let it write is not asked to delete: that would only hang again.
func probe(ctx context.Context, s Store, name string) error {
	err := s.Put(ctx, name, []byte("hermes-tui asks whether it can keep a secret here"))
	if condition := ConditionOf(err); condition == Locked || condition == Unavailable {
		return err
	}
	if deleted := s.Delete(ctx, name); err == nil {
		err = deleted
	}
	return err
}

// readBack proves that what was put is there: some keyrings say yes when the
// person said no.
func readBack(ctx context.Context, s Store, name string, want []byte) error {
	got, err := s.Get(ctx, name)
	if err == nil && bytes.Equal(got, want) {
		return nil
	}
	if err != nil && ConditionOf(err) != NotFound {
		return err
	}
	return notKept.error("put", s.Name(), err)
}
