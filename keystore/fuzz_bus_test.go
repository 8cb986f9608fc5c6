//go:build linux

package keystore

import "testing"

// FuzzReachable: the address of a session bus, as anybody may have set it.
func FuzzReachable(f *testing.F) {
	for _, address := range []string{"", "autolaunch:", "disabled:", "unix:path=/run/user/1000/bus,guid=ab", "unix:path=%zz", ";;", "unix:abstract=x;tcp:host=h"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		env := func(name string) string { return map[string]string{busVariable: address}[name] }
		if got := busAddress(env); Reachable(env) == nil && got == "" {
			t.Errorf("%q: a bus without an address", address)
		}
	})
}
