// Package house holds the rules of the house as tests: every package opens with
// a comment that a newcomer can start from, files stay small, and the
// configuration's documentation names what the code reads. It has no code.
package house
