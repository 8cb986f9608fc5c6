package main

import "testing"

// start is what the program does.
var start = main

// TestResultsFollowTheProgram makes the program a part of the test binary. The
// tests run one that they build, and Go's test cache would not see it change: it
// compares test binaries, and what nobody calls is not in them.
func TestResultsFollowTheProgram(t *testing.T) {
	if start == nil {
		t.Error("no program")
	}
}
