package sandbox

import "net/http"

// redeem answers a poll: the tokens once the code is approved, [CodePending]
// before. The verifier is checked first, so that without it nothing can be
// learnt about a code. shaped is asked only when tokens are about to be issued.
func (p *portal) redeem(c client, userCode, verifier string, shaped func() shape) (issued, CodeState, *refusal, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.find(userCode)
	switch {
	case !ok || !found.client.same(c):
		return issued{}, "", invalidGrant("no such user_code for this client_id"), nil
	case !found.proves(verifier):
		return issued{}, "", invalidGrant("code_verifier does not match the code_challenge"), nil
	}
	switch found.State {
	case CodePending, CodeDenied:
		return issued{}, found.State, nil, nil
	case CodeExpired:
		return issued{}, CodeExpired, &refusal{http.StatusBadRequest, "expired_token", "the user_code has expired"}, nil
	case CodeUsed:
		return issued{}, CodeUsed, invalidGrant("the user_code was already used"), nil
	}
	out, err := p.open(found, shaped())
	if err != nil {
		return issued{}, "", nil, err
	}
	found.State = CodeUsed
	return out, CodeApproved, nil, nil
}

// rotate spends a refresh token. Using a spent one again revokes the family,
// since it cannot be known which of the two users is the thief (RFC 9700,
// section 4.14.2), unless [Options.OnlyRefuse] is set.
func (p *portal) rotate(c client, token string, shaped func() shape) (issued, *refusal, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.refresh[token]
	switch {
	case !ok:
		return issued{}, invalidGrant("the refresh token is unknown"), nil
	case !g.client.same(c):
		return issued{}, invalidGrant("the refresh token was issued to another client"), nil
	case g.current != token && p.opts.OnlyRefuse && g.Revoked == "":
		return issued{}, &refusal{http.StatusBadRequest, "refresh_token_reused", "the refresh token was already used"}, nil
	case g.current != token:
		p.revoke(g, "a spent refresh token was used again")
		return issued{}, &refusal{
			http.StatusBadRequest, "refresh_token_reused",
			"the refresh token was already used; the sign-in is revoked",
		}, nil
	case g.Revoked != "":
		return issued{}, invalidGrant("the sign-in was revoked"), nil
	}
	out, err := p.issue(g, shaped())
	if err != nil {
		return issued{}, nil, err
	}
	g.Rotations++
	return out, nil, nil
}

// grantOf is the id of the grant that a refresh token is of, where it is one.
func (p *portal) grantOf(token string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g := p.refresh[token]; g != nil {
		return g.ID
	}
	return ""
}
