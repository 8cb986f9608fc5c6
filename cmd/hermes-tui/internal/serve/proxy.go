package serve

import (
	"log/slog"
	"net"
	"os"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/internal/launchd"
	"github.com/hermes-tui/hermes-tui/proxy"
)

// newProxy wires a proxy to the network. It serves the account or pool that is
// its default, and where there is none every account.
func newProxy(s *session.Session, o proxy.Options) (*proxy.Server, error) {
	found, err := s.Find()
	if err != nil {
		return nil, err
	}
	if o.Transport, err = found.Transport(); err != nil {
		return nil, err
	}
	o.Confined, o.Clock = o.Default != "", s.Clock
	return proxy.New(o), nil
}

// handed returns the listeners that the service manager has opened already.
func (o *Options) handed() ([]net.Listener, error) {
	if n := proxy.Inherited(o.Env, os.Getpid()); n > 0 {
		return proxy.Inherit(n, o.Listen)
	}
	if launchd.Started(o.Env, os.Getppid()) {
		return proxy.InheritLaunchd(launchd.Sockets, o.Listen)
	}
	return nil, nil
}

// open opens every listener, or none. Those that are handed over take the place of
// what the flags say.
func (o *Options) open(handed func() ([]net.Listener, error)) ([]net.Listener, error) {
	if held, err := handed(); err != nil || len(held) > 0 {
		return held, err
	}
	l, err := proxy.Listen(o.Listen)
	if err != nil || o.Socket == "" {
		return []net.Listener{l}, err
	}
	socket, err := proxy.ListenUnix(o.Socket)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return []net.Listener{l, socket}, nil
}

// url is the address of a listener: the host as it was asked for, and the port
// that it got.
func (o *Options) url(l net.Listener) string {
	at := l.Addr().String()
	host, _, _ := net.SplitHostPort(o.Listen.Address)
	if _, port, err := net.SplitHostPort(at); err == nil && host != "" {
		at = net.JoinHostPort(host, port)
	}
	if o.Listen.CertFile != "" {
		return "https://" + at
	}
	return "http://" + at
}

// announce leaves a note for windows that a proxy listens there, and returns what
// counts a request and what takes the note away. A proxy without one serves as well.
func announce(accounts *core.Core, listeners []net.Listener, log *slog.Logger) (passed, gone func()) {
	var at []string
	for _, l := range listeners {
		at = append(at, l.Addr().String())
	}
	entry, err := accounts.Runs(at)
	if err != nil {
		log.Warn("windows will not show this proxy", "error", err)
		return nil, func() {}
	}
	return entry.Request, entry.End
}
