//go:build unix

package etcdtest

import (
	"testing"
	"time"
)

// Files are PEM files that a client shows, and of the authority that it trusts.
type Files struct{ CA, Cert, Key string }

// Args are they as the command line takes them.
func (f Files) Args() []string { return []string{"--ca", f.CA, "--cert", f.Cert, "--key", f.Key} }

// Files are what a client of that name shows.
func (c *Cluster) Files(t testing.TB, name string) Files {
	t.Helper()
	c.auth.client(t, name)
	return c.auth.files(name)
}

// Expired are what a client of that name shows whose certificate has ended.
func (c *Cluster) Expired(t testing.TB, name string) Files {
	t.Helper()
	c.auth.mu.Lock()
	defer c.auth.mu.Unlock()
	c.auth.signUntil(t, name, "expired-"+name, time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), forClients())
	return c.auth.files("expired-" + name)
}

// Stranger are what a client of that name shows to a cluster of another authority.
func Stranger(t testing.TB, name string) Files {
	t.Helper()
	a := newAuthority(t, t.TempDir())
	a.client(t, name)
	return a.files(name)
}

func (a *authority) files(name string) Files {
	return Files{a.file("ca.crt"), a.file(name + ".crt"), a.file(name + ".key")}
}
