package sandbox

import (
	"net/http"
	"net/url"
)

// revocation is the revocation endpoint (RFC 7009): a refresh token ends its
// sign-in with every access token of it, an access token ends itself. One that is
// not known, or ended already, is no error.
func (x *exchange) revocation(form url.Values) {
	c, bad := knownClient(x.r, form)
	if bad == nil {
		x.event.Client = c.name
		bad = need(form, "token")
	}
	if bad == nil {
		x.event.Grant, bad = x.s.portal.take(c, form.Get("token"))
	}
	if bad != nil {
		x.refuse(bad)
		return
	}
	x.answer(Revoked, http.StatusOK, struct{}{})
}

// take takes a token back and returns whose it was, empty when nobody's.
func (p *portal) take(c client, token string) (grantID string, bad *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, whole := p.refresh[token]
	if a, ok := p.access[token]; ok {
		g = a.grant
	}
	switch {
	case g == nil:
		return "", nil
	case g.client.id != c.id:
		return g.ID, invalidGrant("the token was issued to another client")
	case whole:
		p.revoke(g, "its program revoked it")
	default:
		delete(p.access, token)
	}
	return g.ID, nil
}
