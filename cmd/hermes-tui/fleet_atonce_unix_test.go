//go:build unix

package main_test

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_AtOnce: every host's proxy is asked at once when the token has ended. One of
// them refreshes it, and the others are told by the store's watch: none asks the provider,
// and each request is served with the new token.
func TestFleet_AtOnce(t *testing.T) {
	t.Parallel()
	hosts, members := 3, 1
	if n, err := strconv.Atoi(os.Getenv("HERMES_TUI_TEST_HOSTS")); err == nil {
		hosts, members = n, 3
	}
	store := etcdtest.Start(t, members, etcdtest.Options{})
	a := newBench(t, sandbox.Options{OneAccess: true}) // an older token is refused
	answers := make(chan time.Time, hosts)
	a.hook = func(e sandbox.Event) {
		if e.Kind == sandbox.KindRefresh && e.Outcome == sandbox.Rotated {
			answers <- time.Now()
		}
	}
	a.offset.Store(int64(time.Second - 15*time.Minute)) // it has ended when a second is over
	a.signIn("--label", "work", "--yes")
	a.offset.Store(0)
	a.until(func() bool { return a.account()["state"] == "expired" })
	a.found(store.Endpoints())
	all := append([]*bench{a}, a.admitted(hosts-1)...)
	proxies := make([]*server, hosts)
	for i, host := range all {
		host.lasts = time.Duration(hosts) * time.Second
		host.configure("usage_polling = false\n")
		proxies[i] = host.serve("minimax")
	}

	if hosts > 20 { // so that what is measured is what follows the answer, and not a hundred beginnings
		a.portal.SetFaults(sandbox.Fault{Name: "slow", Count: 1})
	}
	gate := make(chan struct{})
	a.gate.Store(&gate)
	var sent, served sync.WaitGroup
	sent.Add(hosts)
	ended := make([]time.Time, hosts)
	for i, s := range proxies {
		begins := sync.OnceFunc(sent.Done)
		request := a.message(s.url, s.key, "/anthropic")
		request = request.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			WroteRequest: func(httptrace.WroteRequestInfo) { begins() },
		}))
		served.Go(func() {
			defer begins()
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: limit}
			got, err := client.Do(request)
			ended[i] = time.Now()
			if err != nil {
				t.Errorf("host %d: %v", i+1, err)
				return
			}
			if body, _ := io.ReadAll(got.Body); got.StatusCode != http.StatusOK {
				t.Errorf("host %d: %d %s", i+1, got.StatusCode, body)
			}
			got.Body.Close()
		})
	}
	begun := time.Now()
	sent.Wait()
	a.await(sandbox.KindRefresh, sandbox.Received)
	received := time.Now()
	close(gate)
	a.gate.Store(nil)
	served.Wait()
	answered := <-answers
	last := slices.MaxFunc(ended, time.Time.Compare)
	post, after := answered.Sub(received), last.Sub(answered)
	t.Logf("%d hosts: the refresh was at the provider %v after they were asked, and answered after %v; the last host served %v after that, which is %.2f of it",
		hosts, received.Sub(begun).Round(time.Millisecond), post.Round(time.Millisecond), after.Round(time.Millisecond), after.Seconds()/post.Seconds())
	if asked := a.portal.Stats().Refreshes; asked.Total != 1 || asked.Outcomes[sandbox.Rotated] != 1 {
		t.Errorf("refreshes %+v, want one", asked)
	}
}
