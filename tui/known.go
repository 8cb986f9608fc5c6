package tui

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// known is what the window knows of the accounts, and the words for it. Nothing
// here opens a page or changes an account.
type known struct {
	*widget.Common
	location    *time.Location
	autoRefresh bool // somebody refreshes ahead of time
	providers   func() []core.ProviderChoice

	now      time.Time
	waking   bool // the accounts have not been read yet
	late     bool // and it takes a while
	snap     core.Snapshot
	all      []core.Account // those of the snapshot, then the sign-ins to new ones
	places   places
	imports  imports // from hermes-agent
	others   imports // from files of other programs
	attempts attempts
	events   events
	fleet    fleetSight
	tallies  tallies
	memory   Memory
	changes  uint64 // how often list, snapshot or places have changed
}
