package sandbox

import "slices"

// revoke kills a grant and its access tokens. The first reason stays. It needs
// p.mu.
func (p *portal) revoke(g *grant, why string) {
	if g.Revoked == "" {
		g.Revoked = why
	}
	p.expire(g)
}

// expire ends the access tokens of a grant at once. It needs p.mu.
func (p *portal) expire(g *grant) {
	for token, a := range p.access {
		if a.grant == g {
			delete(p.access, token)
		}
	}
	if now := p.opts.Now(); now.Before(g.AccessExpiresAt) {
		g.AccessExpiresAt = now
	}
}

// withGrant runs do on the grant that has this id or token.
func (p *portal) withGrant(name string, do func(*grant)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g, ok := p.refresh[name]; ok {
		do(g)
		return nil
	}
	if a, ok := p.access[name]; ok {
		do(a.grant)
		return nil
	}
	i := slices.IndexFunc(p.grants, func(g *grant) bool { return g.ID == name })
	if i < 0 {
		return ErrUnknownGrant
	}
	do(p.grants[i])
	return nil
}

// eachGrant runs do on every grant that lives and returns how many there were.
func (p *portal) eachGrant(do func(*grant)) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, g := range p.grants {
		if g.Revoked == "" {
			do(g)
			n++
		}
	}
	return n
}

// live reports whether an access token would be accepted now.
func (p *portal) live(token string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.owner(token) != nil
}

// owner is the grant of an access token that is good now, else nil. It needs
// p.mu.
func (p *portal) owner(token string) *grant {
	a, ok := p.access[token]
	if !ok || !p.opts.Now().Before(a.expiresAt) {
		return nil
	}
	return a.grant
}

// count counts a request to the model for a grant, none where there is none.
func (p *portal) count(grantID string) {
	_ = p.withGrant(grantID, func(g *grant) { g.Requests++ })
}

// whose returns whose access tokens these are, if there are any and all are good.
func (p *portal) whose(tokens []string) (grantID string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var g *grant
	for _, token := range tokens {
		if g = p.owner(token); g == nil {
			return "", false
		}
	}
	if g == nil {
		return "", false
	}
	return g.ID, true
}

// refreshToken returns the one of a grant that is not spent; empty where it has none.
func (p *portal) refreshToken(grantID string) (current string) {
	_ = p.withGrant(grantID, func(g *grant) { current = g.current })
	return current
}

// listGrants returns copies of all grants, the newest first.
func (p *portal) listGrants() []Grant {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Grant, 0, len(p.grants))
	for _, g := range slices.Backward(p.grants) {
		g.plan.at(p.opts.Now())
		g.Used = g.plan.used * 100 / g.plan.limit()
		list = append(list, g.Grant)
	}
	return list
}
