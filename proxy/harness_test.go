package proxy

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refusal"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/serve"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// TestMain keeps the tests away from the keyring of whoever runs them.
func TestMain(m *testing.M) {
	keyring.MockInit()
	os.Exit(m.Run())
}

// localKey is what the programs of these tests show.
const localKey = "htui_0123456789abcdef0123456789abcdef"

// testKey is what the proxy keeps of it.
var testKey = clientkey.Key{ID: "key-test", Name: "test", Hash: clientkey.HashOf(localKey), Allow: []clientkey.Right{clientkey.Proxy}}

// Ids of the accounts in these tests.
const (
	alpha = "a1a1a1a1a1"
	beta  = "b2b2b2b2b2"
)

// book is a pool of accounts as the proxy sees it.
type book struct {
	mu        sync.Mutex
	ids       []string
	tokens    map[string]*core.Token
	cooling   map[string]time.Time
	dead      map[string]bool
	keys      map[string]bool // which are API keys
	blind     bool            // it picks by what it lists, which is not what the sealed records say
	stuck     error           // what refreshing a token ends with
	refusals  map[string][]core.Refusal
	rotations int
	served    []tally.Row // as it was counted
	told      []string    // of which accounts an answer told what is left
	books     *budget.Books
	plans     map[string]usage.Known
}

func newBook(base string, ids ...string) *book {
	b := &book{ids: ids, tokens: map[string]*core.Token{}, cooling: map[string]time.Time{}, dead: map[string]bool{}, refusals: map[string][]core.Refusal{}}
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	for _, id := range ids {
		b.tokens[id] = &core.Token{
			Access: tokenOf(id, 1), Type: "Bearer", Expiry: time.Now().Add(time.Hour), Account: id, Provider: "minimax-oauth",
			Gen: 1, BaseURL: base + "/anthropic", API: oauth.AnthropicMessages, Hosts: []string{u.Host},
		}
	}
	return b
}

// tokenOf is the token of an account's generation.
func tokenOf(id string, gen uint64) secret.Secret {
	return secret.New("provider-token-of-" + id + "-" + strings.Repeat("x", int(gen)))
}

// poolName is the pool of all of them.
const poolName = "minimax-oauth/global"

func means(name, id string) bool {
	return name == "" || name == id || name == poolName || name == "minimax" && id == alpha // what it is called
}

func (b *book) Moment() glance.Mark { return glance.Mark{} }

func (b *book) Select(name string) (found []core.Account, err error) {
	for _, id := range b.ids {
		if means(name, id) {
			a := core.Account{Public: record.Public{ID: id, Provider: "minimax-oauth", Region: "global"}}
			if b.keys[id] {
				a.AuthType = record.APIKey
			}
			found = append(found, a)
		}
	}
	return found, nil
}

// PoolCalled knows the pool by its alias, which may be an account's name as well.
func (b *book) PoolCalled(name string) string {
	if name == "minimax" {
		return poolName
	}
	return name
}

func (b *book) SelectSpeaking(name string, apis []string) ([]core.Account, error) {
	found, err := b.Select(name)
	return slices.DeleteFunc(found, func(a core.Account) bool { return b.tokens[a.ID].At(apis) == "" }), err
}

func (b *book) Pick(_ context.Context, name string, o core.PickOptions) (*core.Lease, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var soonest time.Time
	var lease *core.Lease
	able := slices.DeleteFunc(slices.Clone(b.ids), func(id string) bool { return !b.blind && len(o.APIs) > 0 && b.tokens[id].At(o.APIs) == "" })
	if len(able) == 0 {
		return nil, &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeAPINotServed, Message: "they speak something else"}
	}
	for _, id := range able {
		switch {
		case !means(name, id), b.dead[id]:
		case b.cooling[id].After(time.Now()):
			if soonest.IsZero() || b.cooling[id].Before(soonest) {
				soonest = b.cooling[id]
			}
		case slices.Contains(o.Not, id):
		case lease != nil:
			lease.Others = true
		default:
			lease = &core.Lease{Account: serve.Leased{ID: id}}
		}
	}
	if lease != nil {
		return lease, nil
	}
	if !soonest.IsZero() {
		return nil, &autherr.Error{Kind: autherr.CoolingDown, RetryAfter: time.Until(soonest), Message: "no account can serve before noon"}
	}
	if name != "" && name != poolName && !slices.Contains(b.ids, name) {
		return nil, &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeNoSuchAccount, Message: "there is no such account"}
	}
	return nil, &autherr.Error{Kind: autherr.SignIn, Message: "work needs to sign in again", Hint: "run `hermes-tui login`"}
}

func (b *book) Token(_ context.Context, id string, o core.TokenOptions) (core.Token, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tokens[id]
	if o.Refused == t.Gen {
		if b.stuck != nil {
			return core.Token{}, b.stuck
		}
		b.rotations++
		t.Gen++
		t.Access = tokenOf(id, t.Gen)
	}
	return *t, nil
}

func (b *book) Told(id string, h http.Header) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if h.Get("X-Left") != "" {
		b.told = append(b.told, id+" "+h.Get("X-Left"))
	}
}

func (b *book) Plans() map[string]usage.Known { return b.plans }

func (b *book) Reserve(ctx context.Context, key clientkey.Key, tokens uint64) (*budget.Reservation, error) {
	return b.books.Reserve(ctx, key.ID, key.Name, key.Limits, tokens)
}

func (b *book) Served(by tally.Use, n tally.Counts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.served = append(b.served, tally.Row{Use: by, Counts: n})
}

func (b *book) ReadRefusal(providerID string, a refusal.Answer) core.Refusal {
	p, _, err := provider.Default().Find(providerID)
	if err != nil {
		panic(err)
	}
	return refusal.Read(a, p.Refusals, time.Now())
}

func (b *book) Refused(_ context.Context, id string, r core.Refusal) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refusals[id] = append(b.refusals[id], r)
	if !r.ResetAt.IsZero() {
		b.cooling[id] = r.ResetAt
	}
	return nil
}

// rig is a proxy with an upstream behind it.
type rig struct {
	testing.TB
	book     *book
	server   *Server
	url      string
	upstream *httptest.Server
	log      safeBuffer
	end      context.CancelFunc // begins the drain
	ended    chan error
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// newRig starts a proxy in front of an upstream, with two accounts.
func newRig(t testing.TB, upstream http.HandlerFunc, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{TB: t, upstream: httptest.NewServer(upstream), ended: make(chan error, 4)}
	t.Cleanup(r.upstream.Close)
	r.book = newBook(r.upstream.URL, alpha, beta)
	r.book.books = budget.OpenBooks(t.TempDir(), clock.System{}, os.Getpid())
	t.Cleanup(r.book.books.Close)
	o := Options{
		Accounts: r.book, Clock: clock.System{}, Log: slog.New(slog.NewTextHandler(&r.log, nil)), Drain: time.Second,
		Keys: clientkey.One{Key: testKey},
	}
	for _, f := range change {
		f(&o)
	}
	r.server = New(o)
	l, err := Listen(ListenOptions{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	r.url = "http://" + l.Addr().String()
	r.serve(l)
	return r
}

func (r *rig) serve(l net.Listener) {
	ctx, end := context.WithCancel(context.Background())
	r.end = end
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.ended <- r.server.Serve(ctx, l)
	}()
	r.Cleanup(func() { // before the folders go: something may be written behind an answer
		end()
		<-ended
	})
}

// over ends the proxy, and waits until what comes behind the answers is done.
func (r *rig) over() {
	r.end()
	<-r.ended
}

// request is one with the local key.
func (r *rig) request(method, path, body string) *http.Request {
	r.Helper()
	q, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	q.Header.Set("X-Api-Key", localKey)
	q.Header.Set("Content-Type", "application/json")
	return q
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r *rig) do(q *http.Request) reply {
	r.Helper()
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

// message sends an ordinary message.
func (r *rig) message() reply {
	r.Helper()
	return r.do(r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"M2","messages":[]}`))
}

// works fails the test unless an ordinary message is answered.
func (r *rig) works() {
	r.Helper()
	if got := r.message(); got.status != http.StatusOK {
		r.Fatalf("the proxy no longer serves: %+v", got)
	}
}

// accountOf tells whose token a request carries, and of which generation.
func accountOf(q *http.Request) (id string, gen uint64) {
	for _, id := range []string{alpha, beta} {
		for gen := uint64(1); gen < 9; gen++ {
			if q.Header.Get("Authorization") == "Bearer "+tokenOf(id, gen).Reveal() {
				return id, gen
			}
		}
	}
	return "", 0
}

// fine is an upstream that answers everything.
func fine(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"type":"message"}`)
}
