package host

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// slow is an etcd that says how it is once something else was asked.
type slow struct {
	etcd.Store
	asked chan struct{}
}

func (s slow) Status(context.Context) []etcd.Member {
	<-s.asked
	return []etcd.Member{{Endpoint: "a"}}
}

// An etcd that does not answer is waited for once, not first for its members.
func TestBeside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow{asked: make(chan struct{})}
		if members := beside(t.Context(), s, func() { close(s.asked) }); len(members) != 1 {
			t.Errorf("%+v", members)
		}
	})
}
