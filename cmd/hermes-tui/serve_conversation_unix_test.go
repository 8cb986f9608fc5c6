//go:build unix

package main_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// responses asks in OpenAI's Responses and returns the answer's name and who
// served it, by the sandbox's count.
func (b *bench) responses(s *server, body string) (got said, id, grant string) {
	b.t.Helper()
	before := b.counted()
	r, err := http.NewRequest(http.MethodPost, s.url+"/openai/v1/responses", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	got = b.do(r)
	var made struct{ ID string }
	_ = json.Unmarshal([]byte(got.body), &made)
	for id, n := range b.counted() {
		if n > before[id] {
			grant += id
		}
	}
	return got, made.ID, grant
}

// counted is how many requests each of the sandbox's grants has sent.
func (b *bench) counted() map[string]int {
	counts := map[string]int{}
	for _, g := range b.portal.Grants() {
		counts[g.ID] = g.Requests
	}
	return counts
}

// conversations is what `pool show` says of where they are.
func (b *bench) conversations() (all []int) {
	b.t.Helper()
	var pools []struct {
		Accounts []struct{ Conversations int }
	}
	b.decode(b.must("pool", "show", "--json"), &pools)
	for _, a := range pools[0].Accounts {
		all = append(all, a.Conversations)
	}
	return all
}

// TestServe_ConversationsStay: a conversation stays with its account; what one
// account has made no other goes on with; and when an account's sign-in ends, its
// conversations move once.
func TestServe_ConversationsStay(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: time.Nanosecond})
	b.configure("[endpoints.xai]\noauth_url = \"" + b.portal.URL() + "\"\ninference_url = \"" + b.portal.URL() + "/v1\"\n")
	b.must("login", "xai", "--no-browser", "--label", "one")
	b.must("login", "xai", "--no-browser", "--label", "two")
	b.must("pool", "strategy", "round_robin")
	s := b.serve()

	talk := `{"model":"m","input":"hello","prompt_cache_key":"one"}`
	_, made, home := b.responses(s, talk)
	if _, _, other := b.responses(s, `{"model":"m","input":"hello"}`); other == home || other == "" || home == "" {
		t.Fatalf("the accounts do not take turns: %q, %q", home, other)
	}
	for range 3 {
		if _, _, got := b.responses(s, talk); got != home {
			t.Errorf("it moved from %s to %s", home, got)
		}
		b.responses(s, `{"model":"m","input":"between"}`)
	}
	next := `{"model":"m","input":"go on","previous_response_id":"` + made + `"}`
	for range 2 {
		if got, _, who := b.responses(s, next); got.status != http.StatusOK || who != home {
			t.Errorf("%s goes on with what %s made: %d %s", who, home, got.status, got.body)
		}
	}
	if got, _, _ := b.responses(s, `{"model":"m","input":"x","previous_response_id":"resp_unknown"}`); got.status != http.StatusBadRequest || !strings.Contains(got.body, `"code":"previous_response_not_found"`) {
		t.Errorf("a name that nobody knows: %d %s", got.status, got.body)
	}
	b.until(func() bool { at := b.conversations(); return at[0]+at[1] == 1 })

	if err := b.portal.Revoke(home); err != nil {
		t.Fatal(err)
	}
	got, _, moved := b.responses(s, talk)
	if got.status != http.StatusOK || moved == home || moved == "" {
		t.Errorf("after its sign-in ended: %s, %d %s", moved, got.status, got.body)
	}
	if got, _, _ := b.responses(s, next); got.status != http.StatusBadRequest || !strings.Contains(got.body, `"code":"previous_response_not_found"`) {
		t.Errorf("what the lost account made: %d %s", got.status, got.body)
	}
	s.end()
	b.until(func() bool { at := b.conversations(); return at[0]+at[1] == 0 })
}
