package serve

import (
	"os"
	"os/signal"
)

// childSignals keeps ctrl-c from ending this process before the command of
// `exec`: the console sends it to both.
type childSignals struct{ got chan os.Signal }

func takeSignals() childSignals {
	signal.Reset(os.Interrupt)
	s := childSignals{make(chan os.Signal, 16)}
	signal.Notify(s.got, os.Interrupt)
	return s
}

func (s childSignals) passOn(*os.Process) {
	for range s.got {
	}
}

func (s childSignals) giveBack() {
	signal.Stop(s.got)
	close(s.got)
}

func endSignal(*os.ProcessState) (int, bool) { return 0, false }
