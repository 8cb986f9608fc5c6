package host

import (
	"errors"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// standing is how this host stands to the fleet: what its user of etcd lacks, and what else
// there is to do, depends on that.
type standing int

const (
	belongs    standing = iota
	makes               // it makes the fleet, or makes it anew
	joins               // it asks to be let in, as an owner or as a reader
	reconnects          // it tries another way to its fleet
)

// unchanged is what a hint ends with where a call has certainly changed nothing.
const unchanged = "nothing was changed"

// explain says what a person can do about an etcd.
func (m *Member) explain(err error) error {
	if err == nil {
		return nil
	}
	var e *autherr.Error
	if errors.As(err, &e) {
		return err
	}
	out := &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeFleetAway, Message: err.Error(), Err: err, Hint: "check the endpoints, and that this machine reaches them; " + unchanged}
	switch {
	case errors.Is(err, etcd.Denied):
		out.Hint = m.denied()
	case errors.Is(err, etcd.NoSpace):
		out.Hint = "whoever runs it makes room by `etcdctl compact`, `etcdctl defrag` and `etcdctl alarm disarm`; nothing was changed"
	case errors.Is(err, etcd.ErrSpeaksTLS):
		out.Hint = "write https:// in place of http://, or etcd://, and name its authority with --ca; nothing was changed"
	case errors.Is(err, etcd.ErrSpeaksPlain):
		out.Hint = "have whoever runs it switch TLS on; to try it out without, write http:// in place of https:// or etcd://; nothing was changed"
	case errors.Is(err, etcd.Unclear):
		out.Hint = "check the endpoints, and that this machine reaches them; then look at `hermes-tui fleet status`, and ask for it again where it was not done"
	case errors.Is(err, etcd.ErrUntrusted):
		out.Hint = "give the certificate of the etcd's authority with --ca; nothing was sent"
	}
	return out
}

// denied is what a person can do where the etcd does not let this host at the fleet's keys.
func (m *Member) denied() string {
	keys := m.keys.Prefix()
	who := "check the user and its password, or the certificate, and "
	if m.stand == belongs {
		who = "a new password or certificate is given by `hermes-tui fleet reconnect`; else check "
	}
	grant := fmt.Sprintf("that its role may read and write below %s: `etcdctl role grant-permission ROLE --prefix=true readwrite %s`", keys, keys)
	switch {
	case m.stand == makes:
		return who + grant
	case m.stand == joins:
		return who + grant + "; that of a reader needs less, which docs/fleet.md lists"
	case m.Role == roster.Reader:
		return who + fmt.Sprintf("that this host's role may read below %s, and write below its want/, alive/ and join/; a host that was removed leaves by `hermes-tui fleet leave --force`", keys)
	}
	return who + fmt.Sprintf("that this host's role may read and write below %s; a host that was removed leaves by `hermes-tui fleet leave --force`", keys)
}
