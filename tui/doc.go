// Package tui is the terminal UI: the accounts with their tokens counting down,
// signing in by device code, and the sheet that asks to sign in again when an
// account's grant has died.
//
// It shows what a [Backend] knows and hands every intent back to it. It reads no
// file, no environment and no clock but the one in its [Options], and it speaks
// to no network. [Run] opens it; [New] returns the model, for programs and tests
// that drive it themselves.
//
// # How it is built
//
// [Model] is the root: it routes messages, and owns the terminal's facts. After
// each message two hooks run: derive brings what follows from size, snapshot and
// time up to them, and schedule asks for what has to be done next. Drawing changes
// nothing.
//
// A page is handed a window, which is small parts and no Model: known (the
// snapshot, who serves next, the sign-ins, and the words for all of it), voice
// (what is said at the foot), pages (the stack above the list of accounts), and a
// host for what concerns the whole window. What pages are made of stands below, in
// tui/widget, tui/style, tui/cells and tui/say, which know nothing of accounts.
//
// Each page is a file of its own and owns its cursor. A page's keys are a list of
// bindings with what they do: the same list is matched against key presses, makes
// the footer, and makes the help page, so that a key that is shown always does
// something.
//
// Update never blocks: whatever can wait runs in a command, with a context that
// ends, and comes back as a message. One that changed the accounts brings them
// along; one of a sign-in or of a look for accounts to import has its number, and
// what comes late is dropped. View is a function of the model and of the time in
// it. One tick a second moves
// everything that counts; while nothing counts there is none. The renderer draws
// when a view is there (frames.go), and not at a rate of its own.
package tui
