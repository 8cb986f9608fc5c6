package core

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// Desk is where programs ask that have to be confirmed, where a person answers
// them, and where it is kept which are known.
func (c *Core) Desk() *consent.Desk { return c.state.Desk }

// attendEvery is how often a window says that it is there, where none does.
const attendEvery = time.Second

// Attend keeps saying that a window shows the questions of programs, as long as an
// account is marked to be confirmed and until ctx is done, and clears up after
// programs that were killed while they asked. Where several windows are open one
// says so, and the next takes over when it closes; all show the questions.
func (c *Core) Attend(ctx context.Context) {
	defer c.state.Caught()
	var leave func()
	said := false // that it cannot be said
	for {
		marked := wantsAttendance(c.Snapshot())
		switch {
		case marked && leave == nil:
			var err error
			if leave, _, err = c.state.Desk.Attend(); err != nil && !said {
				c.state.Log.Warn("no program can ask in this window", "error", err)
			}
			said = err != nil
		case !marked && leave != nil:
			leave()
			leave = nil
		}
		if marked {
			c.state.Desk.Tidy()
		}
		if clock.Sleep(ctx, c.state.Clock, attendEvery) != nil {
			break
		}
	}
	if leave != nil {
		leave()
	}
}

// wantsAttendance reports whether programs may ask.
func wantsAttendance(s Snapshot) bool {
	for i := range s.Accounts {
		if s.Accounts[i].Confirm {
			return true
		}
	}
	return len(s.Asks) > 0
}

// Admit has a person confirm the program that the accounts were opened for, where
// the one that serves next is marked for it; see [serve.Admit].
func (c *Core) Admit(ctx context.Context, name string, o PickOptions, at consent.Prompt) error {
	return serve.Admit(ctx, c.Serving, name, o, at)
}
