package fleet

import (
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// A store that does not answer while it is asked for the members is a store that does
// not answer: programs wait and come again (exit code 4), as for everything else.
func TestExplain(t *testing.T) {
	for _, tc := range []struct {
		err  error
		code string
	}{
		{&etcd.Error{Kind: etcd.Unreachable}, autherr.CodeFleetAway},
		{errors.Join(&etcd.Error{Kind: etcd.Denied}), autherr.CodeFleetAway},
		{away(&etcd.Error{Kind: etcd.Unreachable}), autherr.CodeFleetAway},
		{nil, ""},
		{roster.ErrNotMember, autherr.CodeOf(roster.ErrNotMember)},
	} {
		err := Explain(tc.err)
		if autherr.CodeOf(err) != tc.code || !errors.Is(err, tc.err) {
			t.Errorf("%v: %v, code %s", tc.err, err, autherr.CodeOf(err))
		}
		var two *autherr.Error
		if errors.As(err, &two) && errors.As(two.Err, &two) && two.Code == autherr.CodeFleetAway {
			t.Errorf("it is said twice: %v", err)
		}
	}
}
