package tui

// telling is what is told of accounts in sentences: what has happened to them, why they
// ended, and what that means for programs.
type telling struct{ *known }

func (k *known) tell() telling { return telling{k} }
