package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// signedToken is a token of a generation, as long as signed ones are.
func signedToken(account string, gen int) *core.Token {
	return &core.Token{Account: account, Access: secret.New("eyJhbGciOiJSUzI1NiJ9." + strings.Repeat(fmt.Sprintf("%s-%04dAbCdEfGh", account, gen), 100))}
}

// That a token becomes known costs as much beside the tokens of a thousand accounts as
// beside none, so that no request of a large pool waits for it.
func TestKnown_ManyAccounts(t *testing.T) {
	cost := func(k *known) float64 {
		gen := 0
		return testing.AllocsPerRun(20, func() { gen++; k.learn(signedToken("one", gen)) })
	}
	few, many := newKnown(), newKnown()
	for i := range 1000 {
		many.learn(signedToken(fmt.Sprint("a", i), 1))
	}
	if alone, beside := cost(few), cost(many); beside > 2*alone {
		t.Errorf("%.0f allocations, and %.0f beside a thousand accounts", alone, beside)
	}
	for _, k := range []*known{few, many} {
		if known := len(k.accounts["one"].generations); known != keptGenerations {
			t.Errorf("%d generations are known", known)
		}
	}
	for i := range 1000 {
		h := http.Header{"X-Said": {signedToken(fmt.Sprint("a", i), 1).Access.Reveal()}}
		if many.header(h); h.Get("X-Said") != "[secret]" {
			t.Fatalf("the token of account %d came through", i)
		}
	}
	for gen, want := range map[int]string{18: "", 20: "[secret]", 21: "[secret]"} {
		token := signedToken("one", gen).Access.Reveal()
		if want == "" {
			want = token
		}
		h := http.Header{"X-Said": {token}}
		if many.header(h); h.Get("X-Said") != want {
			t.Errorf("generation %d became %.40q", gen, h.Get("X-Said"))
		}
	}
}
