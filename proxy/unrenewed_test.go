package proxy

import (
	"net/http"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A token that the API refuses and that cannot be refreshed for the moment lets
// another account serve; where there is none, the failure is the answer.
func TestProxy_ARefusedTokenThatCannotBeRefreshed(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if id, _ := accountOf(q); id == alpha {
			refuseWith(401, "", "", `{}`)(w, q)
			return
		}
		fine(w, q)
	})
	r.book.stuck = &autherr.Error{Kind: autherr.Network, Message: "MiniMax answered 503"}
	r.works()
	if got := r.do(r.request(http.MethodPost, "/account/"+alpha+"/anthropic/v1/messages", `{}`)); got.status != http.StatusBadGateway {
		t.Errorf("%+v", got)
	}
}
