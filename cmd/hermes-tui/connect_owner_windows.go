package main

// ours has nothing to say: on Windows a file keeps its folder's owner and rights.
func (configFile) ours() error { return nil }
