//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// relayed is a fleet of two hosts, each of which has a link of its own to the store.
type relayed struct {
	store *etcdtest.Cluster
	hosts [2]*bench
	links [2]*etcdtest.Relay
}

// newRelayed has one account, whose token lives for so long.
func newRelayed(t *testing.T, life time.Duration) *relayed {
	t.Helper()
	f := &relayed{store: etcdtest.Start(t, 1, etcdtest.Options{})}
	a := newBench(t, sandbox.Options{})
	f.signIn(a, life)
	f.hosts = [2]*bench{a, a.host()}
	var urls [2]string
	for i := range f.links {
		f.links[i] = etcdtest.NewRelay(t, strings.TrimPrefix(f.store.Members[0].URL, "http://"))
		urls[i] = "http://" + f.links[i].Addr
	}
	a.found(urls[:1])
	a.invite(f.hosts[1], "host-2", urls[1])
	return f
}

// signIn signs in on a host. The token lives for so long.
func (f *relayed) signIn(b *bench, life time.Duration, args ...string) {
	b.t.Helper()
	b.offset.Store(int64(life - 15*time.Minute))
	b.signIn(args...)
	b.offset.Store(0)
}

// age lets the lease of an attempt end, as a minute and a half do.
func (f *relayed) age(t *testing.T) {
	t.Helper()
	keys, err := roster.NewKeys("main")
	if err != nil {
		t.Fatal(err)
	}
	busy := keys.Busy(f.hosts[0].id)
	client := f.store.Open(t, nil)
	got, err := client.Get(t.Context(), busy)
	if err != nil || !got.KVs[0].Found() {
		t.Fatalf("no attempt is under way: %v", err)
	}
	if _, err := client.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Delete(busy)}}); err != nil {
		t.Fatal(err)
	}
}

// kill ends the process of a host that refreshes, as a power failure does.
func (b *bench) kill() {
	b.t.Helper()
	intent := b.head().Intent
	if intent == nil {
		b.t.Fatal("no refresh is under way")
	}
	if err := syscall.Kill(intent.PID, syscall.SIGKILL); err != nil {
		b.t.Fatal(err)
	}
}

// spooled waits until the keystore has the tokens that a refresh was granted.
func (b *bench) spooled() {
	b.t.Helper()
	planned := b.head().Intent.Blob.Name
	b.until(func() bool {
		_, err := os.Stat(filepath.Join(b.state(), "acct", planned+".age"))
		return err == nil
	})
}

// TestFleet_Killed: the process that refreshes is killed while the portal has its
// request, and its host does not come back. The other host serves the token until its
// end, and then takes over; or has a person say so.
func TestFleet_Killed(t *testing.T) {
	for _, takeOver := range []string{"auto", "ask"} {
		t.Run(takeOver, func(t *testing.T) { killed(t, takeOver) })
	}
}

func killed(t *testing.T, takeOver string) {
	t.Parallel()
	const life = 20 * time.Second
	f := newRelayed(t, life)
	a, b := f.hosts[0], f.hosts[1]
	before := strings.TrimSpace(b.must("token", b.id))
	letGo := a.hold()
	first := a.start("refresh", a.id, "--force")
	a.await(sandbox.KindRefresh, sandbox.Received)
	a.kill()
	first.end(t)
	a.portal.SetFaults(sandbox.Fault{Name: "reset", On: "refresh", Count: 1}) // what nobody waits for any more
	letGo()
	f.age(t)
	if r := b.run("token", b.id); a.portal.IsLive(before) && (r.code != 0 || strings.TrimSpace(r.out) != before) {
		t.Errorf("the other host does not serve the token that is still good: %s", r)
	}
	b.until(func() bool { return !a.portal.IsLive(before) })
	b.configure("take_over = \"" + takeOver + "\"\n")
	if takeOver == "ask" {
		if r := b.run("token", b.id); r.code != exit.NoServer || !strings.Contains(r.err, "by host-1 was interrupted") || !strings.Contains(r.err, "`hermes-tui refresh minimax --take-over`") {
			t.Errorf("%s", r)
		}
		b.must("refresh", b.id, "--take-over")
	}
	after := strings.TrimSpace(b.must("token", b.id, "--timeout", "30s"))
	if !a.portal.IsLive(after) || after != a.token() {
		t.Error("the other host has not taken over")
	}
	if sent := a.portal.Stats().Refreshes; sent.Outcomes[sandbox.Rotated] != 1 || sent.Outcomes[sandbox.Reused] != 0 {
		t.Errorf("refreshes %+v, want one that was granted", sent)
	}
}

// TestFleet_KilledHolding: the process is killed when it has new tokens of which the
// store has not heard. Its host's next command brings them there.
func TestFleet_KilledHolding(t *testing.T) {
	for name, lands := range map[string]bool{"the commit is lost": false, "the commit lands late": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newRelayed(t, 15*time.Minute)
			a, b := f.hosts[0], f.hosts[1]
			before := b.token()
			letGo := a.hold()
			first := a.start("refresh", a.id, "--force")
			a.await(sandbox.KindRefresh, sandbox.Received)
			f.links[0].Hold(true, false)
			letGo()
			a.spooled()
			f.links[0].WaitHeld(false) // which may be a word about the connection, too
			a.kill()
			first.end(t)
			if !lands {
				f.links[0].Cut()
			}
			f.links[0].Mend()
			a.must("list")
			after := b.token()
			if after == before || !a.portal.IsLive(after) || after != a.token() {
				t.Errorf("the other host has another token than before: %v, the first host's: %v", after != before, after == a.token())
			}
			if sent := a.portal.Stats().Refreshes; sent.Total != 1 {
				t.Errorf("refreshes %+v, want one", sent)
			}
		})
	}
}

// TestFleet_StoreAway: a host that does not reach the store serves the token that it
// has seen until its end, and says so; it sends nothing meanwhile.
func TestFleet_StoreAway(t *testing.T) {
	t.Parallel()
	f := newRelayed(t, 100*time.Second) // it is to be refreshed by now
	a, b := f.hosts[0], f.hosts[1]
	f.links[1].Cut()
	asked := a.requests()
	r := b.run("token", b.id)
	before := strings.TrimSpace(r.out)
	if r.code != 0 || !a.portal.IsLive(before) || !strings.Contains(r.err, "the fleet's store cannot be reached") {
		t.Errorf("token while the store is away: %s", r)
	}
	for _, args := range [][]string{{"refresh", b.id, "--force"}, {"login", "--account", b.id}, {"remove", b.id, "--yes"}} {
		if r := b.run(args...); r.code != 4 || !strings.Contains(r.err, "the fleet's store cannot be reached") {
			t.Errorf("%v while the store is away: %s", args, r)
		}
	}
	if got := a.requests(); got != asked {
		t.Errorf("%d requests while the store was away", got-asked)
	}
	after := a.token()
	if r := b.run("token", b.id); r.code != 0 || strings.TrimSpace(r.out) != before {
		t.Errorf("token while the store is away, after a refresh elsewhere: %s", r)
	}
	f.links[1].Mend()
	if got := b.token(); got != after {
		t.Error("with the store back the host has not the new token")
	}

	f.signIn(a, 8*time.Second, "--account", a.id)
	if got := b.states(); got[0] == "expired" {
		t.Error("the token has ended too early")
	}
	f.links[1].Cut()
	b.until(func() bool { return b.states()[0] == "expired" })
	sent := a.portal.Stats().Refreshes.Total
	if r := b.run("token", b.id); r.code != 4 || r.out != "" || !strings.Contains(r.err, "the fleet's store cannot be reached") {
		t.Errorf("token after its end while the store is away: %s", r)
	}
	if got := a.portal.Stats().Refreshes.Total; got != sent {
		t.Errorf("%d refreshes while the store was away", got-sent)
	}
	f.links[1].Mend()
	if got := b.token(); !a.portal.IsLive(got) || got != a.token() {
		t.Error("with the store back the host has no token that works")
	}
}
