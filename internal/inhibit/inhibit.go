// Package inhibit has the machine wait before it is suspended, while something is under
// way that must not be cut: a delay inhibitor of logind. Where there is no logind nothing
// is waited for.
package inhibit

import "time"

// Wait is how long [Logind.Hold] waits for the bus at most.
const Wait = 200 * time.Millisecond

// Logind is the login manager on the system bus.
type Logind struct {
	Address string        // of the bus; empty: none
	Wait    time.Duration // for its answer, at most
}

// Hold has a suspend wait until release is called; logind itself waits for a few seconds
// at most. Where the bus has not answered in time it returns all the same, and what the
// bus answers later holds from then on. release may be called where nothing is held.
func (l Logind) Hold(why string) (release func()) {
	if l.Address == "" {
		return func() {}
	}
	end, asked, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		free := ask(l.Address, why, end)
		close(asked)
		<-end
		free()
	}()
	within(l.Wait, asked)
	return func() {
		close(end)
		within(l.Wait, over)
	}
}

// within waits for so long at most.
func within(limit time.Duration, done <-chan struct{}) {
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	}
}
