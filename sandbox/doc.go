// Package sandbox is a MiniMax-compatible OAuth portal and model endpoint on
// loopback, for trying things out and for tests: no account, no network, nothing
// to pay.
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
//	GET  /stats                what was asked so far, as JSON
//
// Under /anthropic it serves what api.minimax.io serves: Anthropic Messages, for
// its own access tokens only.
//
//	POST /anthropic/v1/messages               a message, JSON or a stream
//	POST /anthropic/v1/messages/count_tokens
//	GET  /anthropic/v1/models                 and /anthropic/v1/models/ID
//
// Other providers' programs sign in at it as well, each at the addresses and in the way
// of its own server, and so does the client "sandbox" of a provider that a person
// describes.
//
//	POST /oauth2/…                                           xAI and "sandbox", by discovery too
//	POST /api/oauth/device/code, /api/oauth/token            Nous Portal
//	POST /api/oauth/device_authorization, /api/oauth/token   Kimi Code
//	POST /api/accounts/deviceauth/usercode, …/token; /oauth/token   OpenAI Codex
//	POST /login/device/code, /login/oauth/access_token       GitHub
//	GET  /copilot_internal/v2/token                          exchanges GitHub's token
//
// Under /v1, /backend-api/codex, /copilot and /coding/v1 it serves OpenAI's formats, as
// the providers have them that speak them, with each one's errors: Chat Completions,
// Responses and what Codex asks of ChatGPT's backend. Whose account it is, the token
// says: one of a sign-in, or an API key that begins with sk-sandbox-, xai-sandbox- or
// sk-or-sandbox- (OpenRouter), each another account. What an account has made, stored
// responses and files, is known to it alone.
//
//	POST /v1/chat/completions, /v1/completions, /v1/embeddings
//	POST /v1/responses, /v1/responses/compact   and GET, DELETE /v1/responses/ID
//	POST, GET /v1/files                         and GET, DELETE /v1/files/ID, /content
//	GET  /v1/models                             and /v1/models/ID
//	POST /backend-api/codex/responses, …/compact; GET …/models
//
// What is left of an account's plan it tells as each provider does:
//
//	GET /v1/token_plan/remains, /v1/api/openplatform/coding_plan/remains   MiniMax
//	GET /account/query_balance   and of its keys that begin with sk-api-sandbox-
//	GET /backend-api/wham/usage   and POST …/rate-limit-reset-credits/consume
//	GET /coding/v1/usages, /api/oauth/account, /v1/billing                 Kimi, Nous, xAI
//
// The model says back what it reads. "call NAME with {…}" in the last text, or
// tool_choice, makes it call one of the request's tools. The same request gets
// the same bytes. The headers Sandbox-Events and Sandbox-Pace ask for a text of
// so many words and for a pause between two events of a stream; Sandbox-Cached makes
// it tell so many of the tokens that it read as out of a cache. What each account has
// had of each model is counted ([Server.Uses], and in /stats).
//
// # What is real
//
// PKCE S256 is verified. A refresh token works once; the second use of a spent
// one revokes its whole family, the newest token included. Access tokens end
// when they say so, and [Server.IsLive] knows it. What a client gets wrong is
// refused with a 4xx answer that says what was wrong.
//
// The model endpoint refuses what breaks at MiniMax: other paths (a page of
// nginx), two betas, models of others; and any credential beside a good token.
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
// knows no HTTP. The [Server] around it speaks the wire (device.go, token.go,
// model.go, formats.go), the page (page.go) and the faults (fault.go, interfere.go). What
// the model says is in completion.go, how it is streamed in stream.go. Time and
// randomness are injected through [Options].
package sandbox
