package sandbox

// Approve does what the page's Approve button does. It returns [ErrUnknownCode]
// or [ErrDecidedCode].
func (s *Server) Approve(userCode string) error { return s.portal.decide(userCode, CodeApproved) }

// Deny does what the page's Deny button does. It returns [ErrUnknownCode] or
// [ErrDecidedCode].
func (s *Server) Deny(userCode string) error { return s.portal.decide(userCode, CodeDenied) }

// Revoke kills a grant, named by its id or by one of its tokens. It returns
// [ErrUnknownGrant].
func (s *Server) Revoke(name string) error {
	return s.portal.withGrant(name, func(g *grant) { s.portal.revoke(g, "revoked on the page") })
}

// RevokeAll kills every grant and returns how many were alive.
func (s *Server) RevokeAll() int {
	return s.portal.eachGrant(func(g *grant) { s.portal.revoke(g, "revoked on the page") })
}

// ExpireAccess ends a grant's access tokens at once; it can still be refreshed.
// The grant is named by its id or by one of its tokens. It returns
// [ErrUnknownGrant].
func (s *Server) ExpireAccess(name string) error {
	return s.portal.withGrant(name, s.portal.expire)
}

// ExpireAllAccess ends the access tokens of every living grant and returns how
// many there were.
func (s *Server) ExpireAllAccess() int { return s.portal.eachGrant(s.portal.expire) }

// IsLive reports whether an access token would be accepted now: issued here,
// not expired, not revoked.
func (s *Server) IsLive(accessToken string) bool { return s.portal.live(accessToken) }

// Codes returns the sign-ins that were started, the newest first. One that
// ended more than ten minutes ago may be missing.
func (s *Server) Codes() []Code { return s.portal.listCodes() }

// Grants returns the approved sign-ins, the newest first.
func (s *Server) Grants() []Grant { return s.portal.listGrants() }

// SetFaults replaces the faults, their counts included.
func (s *Server) SetFaults(faults ...Fault) { s.faults.set(faults) }

// Stats returns what was asked of the sandbox so far.
func (s *Server) Stats() Stats { return s.tally.stats() }
