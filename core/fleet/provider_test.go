package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// provider takes each refresh token once. What it does besides, a test says.
type provider struct {
	clock *clock.Fake

	mu      sync.Mutex
	current int // number of the refresh token that works
	grant   int // number of the first one since the last sign-in
	logins  int
	posts   int
	reused  int  // how often a token was sent that was spent
	punish  bool // one that was spent ends the grant
	dead    bool
	ready   func(h *host)                    // a host is about to send
	before  func(token string) *oauth.Answer // instead of what follows, where it is not nil
	after   func(a oauth.Answer) oauth.Answer
}

func (p *provider) login(store, id string, gen uint64) *record.Blob {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = false
	p.grant = p.current
	p.logins++ // no two people approve in the same nanosecond, by which sign-ins are told apart
	access, again := p.pair()
	return &record.Blob{
		StoreID: store, AccountID: id, Gen: gen, Why: record.ForLogin,
		Binding: oauth.Binding{Provider: "minimax-oauth", Region: "global", TokenHosts: []string{"account.minimax.io"}, APIHosts: []string{"127.0.0.1:7"}},
		Access:  access, Refresh: again, TokenType: "Bearer", ObtainedAt: p.clock.Now().Add(time.Duration(p.logins)), ExpiresAt: p.clock.Now().Add(life),
	}
}

func (p *provider) pair() (access, again secret.Secret) {
	return secret.New(fmt.Sprintf("access-token-%d", p.current)), secret.New(fmt.Sprintf("refresh-token-%d", p.current))
}

// newest is the access token that was granted last.
func (p *provider) newest() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	access, _ := p.pair()
	return access.Reveal()
}

func (p *provider) RequestCode(context.Context, oauth.Target) (*oauth.DeviceCode, error) {
	return nil, errors.New("not in this test")
}

func (p *provider) Poll(context.Context, *oauth.DeviceCode) oauth.Answer { return oauth.Answer{} }

// flow is the provider as a host asks it.
type flow struct {
	*provider
	host *host
}

func (p flow) Refresh(ctx context.Context, _ oauth.Binding, token secret.Secret, _ ...secret.Secret) oauth.Answer {
	if p.ready != nil {
		p.ready(p.host)
	}
	if err := oauth.Pass(ctx); err != nil {
		return refused(oauth.NotSent, "not_sent")
	}
	if p.before != nil {
		if a := p.before(token.Reveal()); a != nil {
			return *a
		}
	}
	a := p.serve(token)
	if p.after != nil {
		a = p.after(a)
	}
	return a
}

func (p *provider) serve(token secret.Secret) oauth.Answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts++
	_, want := p.pair()
	if number(token.Reveal()) < p.grant { // it belongs to a sign-in that is over, and harms none
		return refused(oauth.Terminal, "invalid_grant")
	}
	if p.dead || token.Reveal() != want.Reveal() {
		p.reused++
		p.dead = p.dead || p.punish
		return refused(oauth.Terminal, "invalid_grant")
	}
	p.current++
	access, again := p.pair()
	return oauth.Answer{Outcome: oauth.Granted, Answered: true, Tokens: &oauth.Tokens{
		Access: access, Refresh: again, Type: "Bearer", ObtainedAt: p.clock.Now(), ExpiresAt: p.clock.Now().Add(life),
	}}
}

func refused(o oauth.Outcome, code string) oauth.Answer {
	kind := autherr.Network
	if o == oauth.Terminal {
		kind = autherr.SignIn
	}
	return oauth.Answer{Outcome: o, Answered: o == oauth.Terminal || o == oauth.NotSpent, Err: &autherr.Error{
		Kind: kind, Provider: "minimax-oauth", Code: code, Message: "MiniMax answered: " + code,
	}}
}
