//go:build nofleet

package host

import "github.com/hermes-tui/hermes-tui/internal/etcd"

// dial refuses: in a program that was built so nothing speaks to an etcd, and the linker
// leaves out what would.
func dial(Etcd, key) (etcd.Store, error) {
	return nil, usage("this hermes-tui was built without fleets (build tag nofleet)", "install one that has them; nothing was changed")
}
