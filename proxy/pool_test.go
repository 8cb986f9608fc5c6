package proxy

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// The first account of a provider is called like its pool. A path of the pool means
// all of its accounts, so that another one serves what the first one is refused.
func TestProxy_APoolCalledLikeAnAccount(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if id, _ := accountOf(q); id == alpha {
			w.WriteHeader(http.StatusTooManyRequests)
		}
		_, _ = io.WriteString(w, `{}`)
	})
	if got := r.do(r.request(http.MethodPost, "/pool/minimax/anthropic/v1/messages", `{"model":"M2"}`)); got.status != http.StatusOK {
		t.Errorf("%+v", got)
	}
	if got := r.do(r.request(http.MethodPost, "/pool/"+alpha+"/anthropic/v1/messages", `{"model":"M2"}`)); got.status != http.StatusTooManyRequests {
		t.Errorf("one account has served for the other: %+v", got)
	}
}

// So does a provider's name at the broker.
func TestBroker_APoolCalledLikeAnAccount(t *testing.T) {
	r := brokerRig(t, forTokens(func(*clientkey.Key) {}))
	if got, c := r.askedFor(`{"provider":"minimax","credential_id":"` + beta + `"}`); got.status != http.StatusOK || c.ID != beta {
		t.Errorf("%+v", got)
	}
	r.book.dead[alpha] = true
	if got, c := r.askedFor(`{"provider":"minimax"}`); got.status != http.StatusOK || c.ID != beta || strings.Contains(got.body, "error") {
		t.Errorf("%+v", got)
	}
}

// Who asks with a /v1 too much is told the path that was meant.
func TestLost_OneV1TooMuch(t *testing.T) {
	for path, meant := range map[string]string{
		"/openai/v1/v1/responses": "/openai/v1/responses", "/openai/v1/v1/chat/completions": "/openai/v1/chat/completions", "/openai/v1/v1/models": "/openai/v1/models",
		"/codex/v1/models": "/codex/models", "/openai/v1/v1/nothing": "/openai/v1/chat/completions",
	} {
		r := newRig(t, fine)
		if got := r.do(r.request(http.MethodPost, path, `{}`)); got.status != http.StatusNotFound || !strings.Contains(got.body, "is to ask for "+meant+`"`) {
			t.Errorf("%s: %+v", path, got)
		}
	}
}
