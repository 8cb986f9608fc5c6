// Package pool is the rules by which the accounts of one provider and region
// share the work: which one serves the next request, what speaks against the
// others, and for how long an account cools down after the model API refused it.
//
// Everything here is a function of plain values: no file, no clock, no
// network, no randomness of its own.
//
//   - [Pick] chooses among [Row]s. A [Ranking] does the same for thousands, of which
//     it looks at those that have changed.
//   - [Refusal.Verdict] says what a refusal means for its account: nothing, a
//     cool-down, or that its owner has to sign in again.
//   - [Cooldown.After] is the cool-down that follows from one.
//
// The rules are hermes-agent's (agent/credential_pool.py), so that an account
// behaves the same in both, with one difference: where the provider names no
// time, an account that fails again and again cools down longer each time, up to a
// ceiling, instead of an hour from the first failure on.
package pool
