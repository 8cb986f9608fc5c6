// Package e2e tests hermes-tui with the programs that people use it with: the
// binary that was built, real clients of the Messages API, and the sandbox as
// the provider behind it, each a process of its own. It has no code.
//
// The clients come from npm and are not part of the tree. `task e2e:clients`
// installs them below testdata and runs everything; without them their tests
// are skipped, unless HERMES_TUI_TEST_REQUIRE_NPM (the SDK, which is light) or
// HERMES_TUI_TEST_REQUIRE_CLAUDE (Claude Code, 250 MB) is set.
package e2e
