// Package e2e tests hermes-tui with the programs that people use it with: the
// binary that was built, real clients of the Messages API, and the sandbox as
// the provider behind it, each a process of its own. It has no code.
//
// The clients come from npm and are not part of the tree. `task e2e:clients`
// installs them below testdata and runs everything; without them their tests
// are skipped, unless HERMES_TUI_TEST_REQUIRE_NPM (the SDK and
// node-oidc-provider, which are light), HERMES_TUI_TEST_REQUIRE_CLAUDE (Claude
// Code, 250 MB), HERMES_TUI_TEST_REQUIRE_OPENCODE, HERMES_TUI_TEST_REQUIRE_OPENAI
// (OpenAI's SDK and Codex) or HERMES_TUI_TEST_REQUIRE_CODERS (Qwen Code,
// Continue's and Cline's) is set.
//
// HERMES_TUI_TEST_STREAMS says how many streams go through the proxy and, where
// it is set, through a bare one as well, which breaks a few of a thousand: see
// streams_unix_test.go. `task e2e:streams` sets it.
package e2e
