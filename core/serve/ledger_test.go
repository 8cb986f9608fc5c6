package serve

import (
	"net/http"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/state"
)

func TestLease_DoneCountsOnce(t *testing.T) {
	l := serving(state.Config{}).ledger
	a := Leased{ID: "a1b2c3d4e5"}
	l.mu.Lock()
	leases := []*Lease{l.lease(a, ""), l.lease(a, "")}
	l.mu.Unlock()
	leases = append(leases, leases[0].again())
	if l.leases[a.ID] != 3 {
		t.Fatalf("%v", l.leases)
	}
	for _, lease := range leases {
		lease.Done()
		lease.Done()
	}
	if len(l.leases) != 0 {
		t.Errorf("left over: %v", l.leases)
	}
}

func TestTransport_BaseOfItsOwn(t *testing.T) {
	if _, ok := serving(state.Config{}).Transport("a1b2c3d4e5", nil).(*transport).base.(*http.Transport); !ok {
		t.Error("without a base it is not http.DefaultTransport that is used")
	}
}
