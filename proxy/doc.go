// Package proxy is a loopback HTTP proxy that signs each request of a program
// with a fresh token of one of the accounts.
//
// Programs know the proxy's address and a local key; they never see a token of
// the provider. [New] makes a [Server] from what it needs of core (see
// [Accounts]); [Server.Serve] serves on any number of listeners, which [Listen]
// and [ListenUnix] open.
//
//	/anthropic/v1/…               Anthropic Messages, of the default pool
//	/openai/v1/…                  Chat Completions and Responses
//	/codex/…                      what OpenAI's Codex asks of its own backend
//	/pool/<name>/anthropic/v1/…   the same of this pool
//	/account/<id>/anthropic/v1/…  the same of this account
//	/healthz, /metrics            for whoever keeps the proxy running
//
// Each wire format is a file (anthropic.go, openai.go, codex.go): its paths and
// the shape of its errors. None is turned into another one.
//
// # What happens to a request
//
// It passes the guard (guard.go): the Host must be the proxy's own, a browser's
// request on behalf of a page is turned away, and the local key must be right.
// Then the path must be one of the account's API (route.go), and the body is
// read whole (body.go), so that the request can be sent again.
//
// An exchange (exchange.go) then picks an account, signs, sends, and decides what an
// answer means (relay.go): a refused token is refreshed and the request sent once more;
// an account that has to wait cools down and the next one of its pool is asked. Only
// then the answer is passed on (forward.go), so nothing is ever sent again after the
// program has seen the beginning of an answer. It does what
// [net/http/httputil.ReverseProxy] does, without the copies that this one makes of a
// request and of an answer whose headers are here to be given away.
//
// A request looks at the files of the accounts once, when it arrives: its key, the choice
// of its first account and that one's token go by the same moment.
//
// Answers are passed on as they come, event by event. How a stream begins is looked at
// first (hold.go), for two seconds at most, by the goroutine of its request.
//
// # Why bodies are read before they are sent
//
// It is what makes sending again possible, and it keeps streams whole: since Go
// 1.26 a server closes a request's body at the first write of the answer, while
// the transport may still be looking at it, and now and then that breaks a short
// stream.
package proxy
