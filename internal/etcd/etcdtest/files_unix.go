//go:build unix

package etcdtest

import (
	"testing"
	"time"
)

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
