package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// elsewhere moves an account to another host.
func (r *rig) elsewhere(id, host string) {
	r.book.tokens[id].BaseURL = "https://" + host + "/anthropic"
	r.book.tokens[id].Hosts = []string{host}
}

// What keeps a connection from coming about blames nobody: another host is asked,
// the same one only once.
func TestFailOver_HostAway(t *testing.T) {
	silent := func(o *Options) { // a host that takes no connection and refuses none
		o.Connect = time.Second
		dialer := &net.Dialer{}
		o.Transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if at, ok := ctx.Deadline(); !ok || time.Until(at) > o.Connect {
				return nil, errors.New("a connection may take longer than it is to")
			}
			if strings.HasPrefix(address, "silent.invalid:") {
				<-ctx.Done()
				return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
			}
			return dialer.DialContext(ctx, network, address)
		}}
	}
	for host, status := range map[string]int{"silent.invalid": 504, "nowhere.invalid": 502, "127.0.0.1:1": 502} {
		r := newRig(t, fine, silent)
		r.elsewhere(alpha, host)
		if got := r.message(); got.status != http.StatusOK {
			t.Errorf("%s: the other account's host was not asked: %+v", host, got)
		}
		r.elsewhere(beta, host)
		if got := r.message(); got.status != status || !strings.Contains(got.body, "the provider (") {
			t.Errorf("%s: %+v, want %d", host, got, status)
		}
		r.over()
		if !strings.Contains(r.log.String(), "sent=1") {
			t.Errorf("%s was asked more than once: %s", host, r.log.String())
		}
		if len(r.book.refusals) != 0 {
			t.Errorf("%s: an account was blamed: %v", host, r.book.refusals)
		}
	}
}

// What was sent is never sent to another host: nobody knows what became of it.
func TestFailOver_BrokenConnection(t *testing.T) {
	r := newRig(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	other := httptest.NewServer(http.HandlerFunc(fine))
	t.Cleanup(other.Close)
	r.book.tokens[beta].BaseURL, r.book.tokens[beta].Hosts = other.URL+"/anthropic", []string{strings.TrimPrefix(other.URL, "http://")}
	if got := r.message(); got.status != http.StatusBadGateway || len(r.book.refusals) != 0 {
		t.Errorf("%+v, %v", got, r.book.refusals)
	}
}

// Nobody else is asked once the time for it is over.
func TestFailOver_Bounded(t *testing.T) {
	asked := 0
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusTooManyRequests)
	}, func(o *Options) { o.FailOver = time.Nanosecond })
	if got := r.message(); got.status != http.StatusTooManyRequests || asked != 1 {
		t.Errorf("asked %d times: %+v", asked, got)
	}
}

// As many accounts are tried as there are.
func TestFailOver_WholePool(t *testing.T) {
	k := newTalk(t, 20)
	k.portal.SetFaults(sandbox.Fault{Name: "usage-limit", Count: 19})
	r, _ := k.ask(http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x"}`)
	if r.status != http.StatusOK || !strings.Contains(k.log.String(), "sent=20") {
		t.Errorf("%d %s: %s", r.status, r.body, k.log.String())
	}
}

// A refusal inside a 200 is seen by no program; one behind the text is passed on,
// and counts for the account.
func TestFailOver_InsideA200(t *testing.T) {
	for path, body := range map[string]string{
		"/openai/v1/responses":        `{"model":"m","stream":true,"input":"a b c d"}`,
		"/openai/v1/chat/completions": `{"model":"m","stream":true,"messages":[{"role":"user","content":"a b c d"}]}`,
	} {
		k := newTalk(t, 2)
		resting := func() (n int) {
			for _, a := range k.core.Snapshot().Accounts {
				if a.Resting(time.Now()) {
					n++
					if a.Cooldown.Status != http.StatusTooManyRequests {
						t.Errorf("%s: it rests for a %d", path, a.Cooldown.Status)
					}
				}
			}
			return n
		}
		k.portal.SetFaults(sandbox.Fault{Name: "usage-limit-early", Count: 1})
		r, _ := k.ask(http.MethodPost, path, body)
		if r.status != http.StatusOK || strings.Contains(r.body, "usage_limit_reached") || !strings.Contains(r.body, "sandbox ") || !strings.Contains(k.log.String(), "sent=2") || resting() != 1 {
			t.Errorf("%s, at the beginning: %d, %d rest, %s", path, r.status, resting(), r.body)
		}
		for _, id := range k.ids {
			if err := k.core.ClearCooldown(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		k.portal.SetFaults(sandbox.Fault{Name: "usage-limit-late", Count: 1})
		r, account := k.ask(http.MethodPost, path, body)
		if r.status != http.StatusOK || !strings.Contains(r.body, "usage_limit_reached") || !strings.Contains(k.log.String(), "sent=1") || resting() != 1 {
			t.Errorf("%s, behind the text of %s: %d, %d rest, %s", path, account, r.status, resting(), r.body)
		}
	}
}

// The account cools down until the time that was named, with every model; the stream
// that was passed on is the provider's, byte by byte.
func TestFailOver_RestsUntilThen(t *testing.T) {
	k := newTalk(t, 2)
	k.portal.SetFaults(sandbox.Fault{Name: "usage-limit", Count: 1})
	before := time.Now()
	if r, _ := k.ask(http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x"}`); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	const wait = 2 * time.Second // Retry-After of the sandbox
	after := time.Now()
	for _, a := range k.core.Snapshot().Accounts {
		until := a.Cooldown.Until
		if a.Resting(time.Now()) && (until.Before(before.Add(wait-time.Second)) || until.After(after.Add(wait+time.Second)) || len(a.Models) != 0) {
			t.Errorf("it rests until %v, asked between %v and %v, models %v", until, before, after, a.Models)
		}
	}
}

// Where an account knows no such model another one is asked, three at most: the name may
// be wrong. Only where one serves it those before it rest, and for this model alone.
func TestFailOver_NoSuchModel(t *testing.T) {
	for _, c := range []struct{ accounts, faults, status, sent, rest int }{
		{1, 1, 404, 1, 0}, {2, 1, 200, 2, 1}, {2, 2, 404, 2, 0}, {5, 2, 200, 3, 2}, {5, 5, 404, 3, 0},
	} {
		k := newTalk(t, c.accounts)
		k.portal.SetFaults(sandbox.Fault{Name: "model-not-found", Count: c.faults})
		r, _ := k.ask(http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x"}`)
		if r.status != c.status || (r.status == http.StatusNotFound) != strings.Contains(r.body, "does not exist or you do not have access to it") || !strings.Contains(k.log.String(), fmt.Sprintf("sent=%d ", c.sent)) {
			t.Errorf("%+v: %d %s, %s", c, r.status, r.body, k.log.String())
		}
		rest := 0
		for _, a := range k.core.Snapshot().Accounts {
			if a.Cooldown.Holds(time.Now()) {
				t.Errorf("%+v: %s rests with every model", c, a.Label)
			}
			if a.Models["m"].Holds(time.Now()) {
				rest++
			}
		}
		if rest != c.rest {
			t.Errorf("%+v: %d rest for the model", c, rest)
		}
	}
}

// What says nothing of the account lets it serve on, and is passed on as it came; of an
// API that is overloaded another account is asked first.
func TestFailOver_BlamesNobody(t *testing.T) {
	k := newTalk(t, 2)
	for _, c := range []struct {
		fault               string
		count, status, sent int
	}{
		{"context", 1, 400, 1}, {"encrypted-content", 1, 400, 1}, {"moderation", 1, 403, 1}, {"firewall", 1, 403, 1},
		{"overloaded", 1, 200, 2}, {"overloaded", 2, 503, 2},
	} {
		fault := c.fault
		k.portal.SetFaults(sandbox.Fault{Name: fault, Count: c.count})
		r, _ := k.ask(http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x"}`)
		if r.status != c.status || !strings.Contains(k.log.String(), fmt.Sprintf("sent=%d ", c.sent)) {
			t.Errorf("%s: %d %s, %s", fault, r.status, r.body, k.log.String())
		}
		for _, a := range k.core.Snapshot().Accounts {
			if a.Resting(time.Now()) {
				t.Errorf("%s: %s rests", fault, a.Label)
			}
		}
	}
}
