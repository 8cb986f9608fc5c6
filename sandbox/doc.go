// Package sandbox is a MiniMax-compatible OAuth portal on loopback, for trying
// things out and for tests: no account, no network, nothing to pay.
//
// It answers what account.minimax.io answers: a device code, the polls for its
// approval, and the refresh of a single-use token. It also serves the page on
// which a person approves. hermes-agent, OpenClaw and MiniMax's own mmx can
// sign in to it unchanged once they are told its address.
//
//	POST /oauth2/device/code   ask for a user code
//	POST /oauth2/token         poll for its approval, or refresh
//	POST /oauth/code           legacy address, 307 to /oauth2/device/code
//	POST /oauth/token          legacy address, 307 to /oauth2/token
//	GET  /oauth-authorize      the approval page
//	GET  /                     every sign-in and grant, with revoke and expire
//
// # What is real
//
// PKCE S256 is verified. A refresh token works once; the second use of a spent
// one revokes its whole family, the newest token included. Access tokens end
// when they say so, and [Server.IsLive] knows it. What a client gets wrong is
// refused with a 4xx answer that says what was wrong.
//
// # What is not
//
// Everything is in memory and gone with the process. Nobody is asked for a
// password: who can reach the page can approve, which is why the portal listens
// on loopback only, checks the Host header against DNS rebinding, and refuses
// requests that a browser sends on behalf of another site.
//
// # Layers
//
// The portal (portal.go, code.go, grant.go) is the state and its rules, and
// knows no HTTP. The [Server] around it speaks the wire (device.go, token.go),
// the page (page.go) and the faults (fault.go, interfere.go). Time and
// randomness are injected through [Options].
package sandbox
