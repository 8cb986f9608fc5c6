//go:build !unix

package console

// Stops tells of nothing: no key stops a process here.
func Stops() (stops <-chan func(), ignore func()) { return nil, func() {} }
