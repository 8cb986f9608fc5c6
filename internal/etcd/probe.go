package etcd

import (
	"context"
	"errors"
)

// MayWrite returns why a store would not take these keys, and leaves it as it is. What it
// compares never holds; etcd looks at the rights to write and at its room all the same,
// before it compares anything.
func MayWrite(ctx context.Context, s Store, keys ...string) error {
	t := Txn{If: []Compare{Absent(keys[0]), Present(keys[0])}}
	for _, key := range keys {
		t.Then = append(t.Then, Put(key, nil, 0))
	}
	_, err := s.Commit(ctx, t)
	var e *Error
	if !errors.As(err, &e) || !e.Maybe {
		return err
	}
	clear := *e // whatever became of it, there was nothing to apply
	if clear.Maybe = false; clear.Kind == Unclear {
		clear.Kind = Unreachable
	}
	return &clear
}
