//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// carry gives a host PEM files of its own, where it reads them whenever it asks the
// etcd. Called again it puts others in their place.
func (b *bench) carry(f etcdtest.Files) etcdtest.Files {
	b.t.Helper()
	dir := b.mkdir("pem")
	own := etcdtest.Files{CA: filepath.Join(dir, "ca.pem"), Cert: filepath.Join(dir, "host.pem"), Key: filepath.Join(dir, "host.key")}
	for to, from := range map[string]string{own.CA: f.CA, own.Cert: f.Cert, own.Key: f.Key} {
		data, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, data, 0o600)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return own
}

// TestFleet_Certificates: a fleet whose hosts are known to the etcd by a certificate
// each, as docs/fleet.md sets it up, from the first command to the last; and what each
// wrong certificate is told, before there is a fleet and while there is one.
func TestFleet_Certificates(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 3, etcdtest.Options{TLS: true, Args: []string{"--bcrypt-cost", "4"}})
	store.Users(t, "", "/hermes-tui/main/", "laptop", "builder")
	store.Ctl(t, "user", "add", "guest", "--no-password")
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	laptop, builder, foreign := store.Files(t, "laptop"), store.Files(t, "builder"), etcdtest.Stranger(t, "laptop")
	const denied, untrusted = "etcd denies access", "the certificate that it shows is not taken: no authority that this machine trusts for it has signed that"
	wrong := []struct {
		name string
		etcdtest.Files
		code int
		says string
	}{
		{"another authority", etcdtest.Files{CA: foreign.CA, Cert: laptop.Cert, Key: laptop.Key}, 4, untrusted},
		{"a certificate of another authority", etcdtest.Files{CA: laptop.CA, Cert: foreign.Cert, Key: foreign.Key}, 4, `it was shown that of "laptop" by "ca"`},
		{"one that has ended", store.Expired(t, "laptop"), 4, "which holds from 1970-01-01 until 2001-01-01"},
		{"a user with no role", store.Files(t, "guest"), 4, denied},
		{"a user that the etcd does not know", store.Files(t, "nobody"), 4, denied},
		{"another host's key", etcdtest.Files{CA: laptop.CA, Cert: laptop.Cert, Key: builder.Key}, 2, "tls: private key does not match public key"},
		{"no such file", etcdtest.Files{CA: laptop.CA, Cert: filepath.Join(a.home, "none"), Key: laptop.Key}, 2, "/none cannot be read: no such file"},
	}
	for _, c := range wrong {
		r := a.run(append(append([]string{"fleet", "init", "--host", "laptop"}, store.Endpoints()...), c.Args()...)...)
		if r.code != c.code || !strings.Contains(r.err, c.says) {
			t.Errorf("init, %s: %s", c.name, r)
		}
		if c.says == denied && (!strings.Contains(r.err, "--prefix=true readwrite /hermes-tui/main/`") || strings.Contains(r.err, "leave")) {
			t.Errorf("init, %s, says what to do: %s", c.name, r)
		}
	}
	if r := a.run(append([]string{"fleet", "init", "--host", "laptop", "--ca", laptop.CA}, store.Endpoints()...)...); r.code != 4 || !strings.Contains(r.err, "it was shown none") {
		t.Errorf("init, no certificate: %s", r)
	}
	if made := store.Ctl(t, "get", "--prefix", "--keys-only", "/hermes-tui/"); strings.TrimSpace(made) != "" {
		t.Errorf("made all the same: %s", made)
	}

	a.found(append(store.Endpoints(), a.carry(laptop).Args()...))
	b := a.host()
	b.joinRefused(a, etcdtest.Files{CA: foreign.CA, Cert: builder.Cert, Key: builder.Key}, store.Files(t, "guest"))
	a.invite(b, "builder", b.carry(builder).Args()...)
	if a.token() != b.token() {
		t.Error("the second host has another token than the first")
	}
	b.must("refresh", b.id, "--force")
	held := a.token()
	for _, c := range wrong {
		if c.name == "no such file" {
			continue
		}
		a.carry(c.Files)
		if r := a.run("refresh", a.id, "--force"); r.code == 0 || !strings.Contains(r.err, c.says) {
			t.Errorf("refresh, %s: %s", c.name, r)
		} else if c.says == denied && (!strings.Contains(r.err, "may read and write below /hermes-tui/main/;") || strings.Count(r.err, denied) != 1) {
			t.Errorf("refresh, %s, says what to do: %s", c.name, r)
		}
		if r := a.run("token", a.id); c.code == 4 && (strings.TrimSpace(r.out) != held || !strings.Contains(r.err, c.says)) {
			t.Errorf("token, %s: %s", c.name, r)
		}
	}
	a.carry(laptop)

	t.Log("a host is removed, and then its user")
	a.must("fleet", "remove", "builder", "--yes")
	if r := b.run("token", b.id); r.code != 3 || r.out != "" || !strings.Contains(r.err, "this host is no member of the fleet main any more") {
		t.Errorf("token on the host that was removed: %s", r)
	}
	store.Ctl(t, "user", "delete", "builder")
	for _, args := range [][]string{{"fleet", "status"}, {"refresh", b.id, "--force"}} {
		if r := b.run(args...); r.code != 4 || !strings.Contains(r.err+r.out, denied) || !strings.Contains(r.err, "role") || !strings.Contains(r.err, "`hermes-tui fleet leave --force`") {
			t.Errorf("%v without a user: %s", args, r)
		}
	}
	if r := b.run("fleet", "status"); !strings.Contains(r.err, "may read and write below /hermes-tui/main/;") {
		t.Errorf("status without a user names no keys: %s", r)
	}
	b.must("fleet", "leave", "--force", "--yes")
	if now := a.token(); now == held || !a.portal.IsLive(now) {
		t.Error("the host that is left has no token of its own")
	}
	if got := a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]; got != 0 {
		t.Errorf("%d refresh tokens were sent twice", got)
	}
}

// joinRefused asks to join with an authority that is not the one of the invitation, and as
// a guest whom the etcd lets at nothing.
func (b *bench) joinRefused(inviter *bench, f, guest etcdtest.Files) {
	b.t.Helper()
	here := inviter.session(400, 40, false, `hermes-tui fleet invite; echo "ended with $?"`)
	code := here.match(`fleet join (\S+)`)[1]
	r := b.run(append([]string{"fleet", "join", code, "--host", "builder"}, f.Args()...)...)
	if r.code == 0 || !strings.Contains(r.err, "the certificate of --ca is not that of the authority which the invitation names") {
		b.t.Errorf("join with another authority: %s", r)
	}
	r = b.run(append([]string{"fleet", "join", code, "--host", "builder"}, guest.Args()...)...)
	if r.code != 4 || !strings.Contains(r.err, "--prefix=true readwrite /hermes-tui/main/`; that of a reader needs less") || strings.Contains(r.err, "leave") {
		b.t.Errorf("join with no role: %s", r)
	}
	here.press("\x03")
	here.match(`ended with [1-9]`)
}
