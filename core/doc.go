// Package core is the life of an account: signing in, expiry, refresh,
// quarantine, and handing a fresh token to whoever asks.
//
// [Open] returns the accounts of one state folder. Everything a window or a
// command does goes through it:
//
//   - [Core.Snapshot] and [Core.Watch] show the accounts; they open no secret.
//   - [Core.SignIn] signs in by device code and reports each step as an event.
//   - [Core.Token] returns a token that is good for a request now; ask again for
//     each request. [Core.TokenSource] and [Core.Transport] do that for Go
//     programs.
//   - [Core.Pick] chooses the account of a pool that serves a request,
//     [Core.Refused] notes that the API did not serve it.
//   - [Core.Refresh] refreshes a token on request, [Core.AutoRefresh] ahead of time.
//   - [Core.ProxyKey] is the key that programs show to the proxy.
//   - [Core.Rename], [Core.Remove], [Core.Move] and [Core.Purge] manage accounts.
//
// # Many processes, one truth
//
// There is no daemon. Every process that opens the folder is equal; they meet in
// the account's lock and head (package record), so that one refresh at a time is
// under way for each account, and everybody sees its outcome.
//
// # Where the rules stand
//
// [Core] is the face of five wings, each a package: core/accounts is the list,
// core/upkeep keeps the folder in order, core/signin makes accounts,
// core/interop shares them with other programs, core/serve gives out tokens. They
// stand on core/state, and none reaches into another's fields; choosing an account
// knows of other programs that something can be followed, and no more.
//
// Files and their formats: core/record. Secrets and the order of writes:
// core/vault. Which account serves: core/pool. Refresh, back-off and quarantine:
// core/refresh. Wire protocols:
// core/oauth, with what sets a provider apart in a file of its own. Providers as
// data: core/provider. Expiry: core/expiry.
package core
