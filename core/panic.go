package core

import "runtime/debug"

// caught is deferred by the goroutines of a program that stays. What such a
// goroutine held stays held: only the end of the program gives it back.
func (c *Core) caught() {
	if c.config.OnPanic == nil {
		return
	}
	if value := recover(); value != nil {
		c.config.OnPanic(value, debug.Stack())
	}
}
