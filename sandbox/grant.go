package sandbox

import (
	"slices"
	"strings"
	"time"
)

// Grant is one approved sign-in and its family of tokens, as it is at one
// moment.
type Grant struct {
	ID              string
	UserCode        string // that the person approved
	Client          string // the program's name
	Scope           string
	CreatedAt       time.Time
	RotatedAt       time.Time // when its newest tokens were issued
	AccessExpiresAt time.Time // of the newest access token
	Rotations       int       // how often it was refreshed
	Requests        int       // that came to the model endpoint with a good token
	Revoked         string    // why it is dead; empty while it lives
	Used            int       // percent of what its plan gives in five hours
}

type grant struct {
	Grant
	client  client
	current string   // the one refresh token that is not spent
	spent   []string // oldest first
	plan    plan
}

type accessToken struct {
	grant     *grant
	expiresAt time.Time
}

// issued is what a token answer carries.
type issued struct {
	grant     string
	access    string
	refresh   string // empty: the old one goes on
	now       time.Time
	expiresAt time.Time
}

// shape asks for tokens that are out of the ordinary.
type shape struct {
	big         bool // an access token of 20 kB
	keepRefresh bool // no new refresh token; the old one stays good
}

// open starts a grant. It needs p.mu.
func (p *portal) open(c *code, sh shape) (issued, error) {
	id, err := p.randomID()
	if err != nil {
		return issued{}, err
	}
	g := &grant{
		Grant:  Grant{ID: id, UserCode: c.UserCode, Client: c.Client, Scope: c.Scope, CreatedAt: p.opts.Now()},
		client: c.client, plan: plan{requests: p.opts.PlanRequests},
	}
	out, err := p.issue(g, sh)
	if err != nil {
		return issued{}, err
	}
	p.grants = append(p.grants, g)
	if len(p.grants) > maxGrants {
		p.forget(p.grants[0])
		p.grants = p.grants[1:]
	}
	return out, nil
}

// issue makes new tokens for a grant. It needs p.mu.
func (p *portal) issue(g *grant, sh shape) (issued, error) {
	random := max(32, p.opts.TokenLength*3/4) // bytes; their text is a third longer
	access, err := p.randomText(random)
	if err != nil {
		return issued{}, err
	}
	refresh, err := p.randomText(random)
	if err != nil {
		return issued{}, err
	}
	now := p.opts.Now()
	out := issued{
		grant: g.ID, access: g.client.accessToken(g.ID, g.Scope, access, now.Add(p.opts.AccessTTL)),
		now: now, expiresAt: now.Add(p.opts.AccessTTL),
	}
	if sh.big {
		out.access += strings.Repeat("x", bigTokenLen-len(out.access))
	}
	if !sh.keepRefresh {
		out.refresh = g.client.grantMark() + refresh
		p.spend(g)
		g.current = out.refresh
		p.refresh[out.refresh] = g
	}
	for token, a := range p.access {
		if !now.Before(a.expiresAt) || p.opts.OneAccess && a.grant == g {
			delete(p.access, token)
		}
	}
	p.access[out.access] = accessToken{g, out.expiresAt}
	g.RotatedAt, g.AccessExpiresAt = now, out.expiresAt
	return out, nil
}

// spend retires the grant's refresh token. It needs p.mu.
func (p *portal) spend(g *grant) {
	if g.current == "" {
		return
	}
	g.spent = append(g.spent, g.current)
	g.current = ""
	if len(g.spent) > maxSpent {
		delete(p.refresh, g.spent[0])
		g.spent = slices.Delete(g.spent, 0, 1)
	}
}

// forget drops every token of a grant. It needs p.mu.
func (p *portal) forget(g *grant) {
	for _, token := range append(g.spent, g.current) {
		delete(p.refresh, token)
	}
	for token, a := range p.access {
		if a.grant == g {
			delete(p.access, token)
		}
	}
}
