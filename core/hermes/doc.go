// Package hermes reads the files in which other programs keep their sign-ins,
// hermes-agent's auth.json first, and says what bringing them over means.
//
// Everything here is plain values. [Load] and [Parse] turn a file into rows: one
// [Row] for each place that holds or describes a credential. [Grants] finds the
// rows that are one and the same grant, because hermes-agent writes a sign-in
// down twice or thrice (once as the provider's own block, again in its pool, and
// again in every profile that was cloned). [Plan] says of each row what happens
// to it: one [Verdict] and, where that needs one, a sentence. Nothing of this
// asks the network or a keystore, and no value prints a token.
//
// # Writing back
//
// [File.Without] and [File.With] return the bytes of the same file with grants
// taken out or put in. They keep everything that they do not know: other keys,
// their order, the spelling of every number.
//
// # The formats
//
// auth.json as of hermes-agent in 2026 (hermes_cli/auth.py, agent/
// credential_pool.py): an object with "providers" (one block for each provider),
// "credential_pool" (a list of rows for each provider), "active_provider",
// "suppressed_sources", "version" and "updated_at". It may begin with a byte
// order mark; older versions kept Nous under "systems"; newer ones add keys.
// Qwen Code keeps one grant in oauth_creds.json, the Codex CLI one in its own
// auth.json; these are read only when a person names them.
package hermes
