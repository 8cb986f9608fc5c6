package etcdtest

import "testing"

// Files are PEM files that a client shows, and of the authority that it trusts.
type Files struct{ CA, Cert, Key string }

// Args are they as the command line takes them.
func (f Files) Args() []string { return []string{"--ca", f.CA, "--cert", f.Cert, "--key", f.Key} }

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
