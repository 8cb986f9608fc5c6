package process

// NoCoreDumps has nothing to do: Windows writes no dump unless told to.
func NoCoreDumps() {}
