package tui

// acts is what is done to accounts beside the window, by its backend: what each comes
// to is a message, and is said at the foot.
type acts struct{ *window }

func (win *window) acts() acts { return acts{win} }
