package etcdtest_test

import (
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// TestFake_MayWrite: whether a key may be written is known without writing it, and a store
// that is full has surely not been changed.
func TestFake_MayWrite(t *testing.T) {
	t.Parallel()
	b := newBench()
	s := b.a
	if err := etcd.MayWrite(t.Context(), s, "/a", "/b"); err != nil {
		t.Error(err)
	}
	if got, err := s.Get(t.Context(), "/a"); err != nil || got.KVs[0].Found() || got.Revision != b.Revision() {
		t.Errorf("written by the probe: %+v, %v", got, err)
	}
	b.NoSpace(true)
	if err := etcd.MayWrite(t.Context(), s, "/a"); !errors.Is(err, etcd.NoSpace) || errors.Is(err, etcd.Unclear) {
		t.Errorf("full: %v", err)
	}
}
