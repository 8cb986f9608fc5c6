package host

import (
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// alone takes the lock of whoever changes to which fleet this host belongs, or how it
// reaches it. Two who did so at once would each make a key for this host, and one of them
// would have a fleet that nobody here can open. It is not waited for: who joins holds it
// until a person has answered elsewhere.
func (h *Host) alone() (*record.Lock, error) {
	if err := h.state.Folder.Ensure(); err != nil {
		return nil, err
	}
	lock, err := h.state.Folder.TryLockNote("membership.lock")
	if err == nil && lock == nil {
		err = &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeFleetBusy,
			Message: "another hermes-tui of this machine is about to make, join or leave a fleet",
			Hint:    "wait for it, or end it with ctrl+c where it runs; nothing was changed",
		}
	}
	return lock, err
}
