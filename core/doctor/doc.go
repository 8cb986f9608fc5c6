// Package doctor looks for what keeps accounts from working: a locked keyring,
// a file that others can read, a clock that is wrong, a variable that shadows a
// helper.
//
// A [Check] is one thing that is looked at, and each [Finding] that is not good
// has one cure. No check sends a token, refreshes anything or changes anything;
// what is written is a probe in the keystore, which is deleted again.
//
// [Checks] is the table. A new check is a function there.
package doctor
