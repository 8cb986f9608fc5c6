package main

// noCoreDumps has nothing to do: Windows writes no dump unless told to.
func noCoreDumps() {}
