//go:build unix

package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// state is an account as `list --json` shows it.
type state struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Requests int    `json:"requests"`
}

func (b *bench) list() (all []state) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.run(nil, binary, "list", "--json")), &all); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// requests is how many requests each grant has had, the first sign-in first.
func (b *bench) requests() (first, second int) {
	grants := b.sandbox.Grants()
	return grants[1].Requests, grants[0].Requests
}

// TestFailOver: account 1 is told to wait, account 2 answers the same request,
// and every other process sees it. When the time is over, account 1 serves
// again.
func TestFailOver(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour, RetryAfter: 15 * time.Second})
	b.run(nil, binary, "login", "--no-browser", "--label", "second")
	url, key := b.serve()
	s := &streams{base: url, header: http.Header{"X-Api-Key": {key}}, words: 3}
	ask := func() {
		t.Helper()
		if _, err := s.one(http.DefaultClient, 0); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	if first, second := b.requests(); first != 1 || second != 0 {
		t.Fatalf("the first request went to the wrong account: %d, %d", first, second)
	}

	b.sandbox.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1})
	ask()
	asked := time.Now()
	b.until(func() bool { return b.list()[0].State == "cooling_down" })
	t.Logf("another process sees it %v later", time.Since(asked).Round(time.Millisecond))
	if first, second := b.requests(); first != 2 || second != 1 {
		t.Errorf("the same request was answered by the wrong account: %d, %d", first, second)
	}

	b.until(func() bool { return b.list()[0].State == "ok" })
	ask()
	if first, second := b.requests(); first != 3 || second != 1 {
		t.Errorf("after its time account 1 does not serve again: %d, %d", first, second)
	}
}
