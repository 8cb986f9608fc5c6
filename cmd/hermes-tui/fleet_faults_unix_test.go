//go:build unix

package main_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// faults makes the faults of an etcd last as long as they do at people's.
func faults(t *testing.T) {
	t.Helper()
	if os.Getenv("HERMES_TUI_TEST_FAULTS") == "" {
		t.Skip("set HERMES_TUI_TEST_FAULTS=1 to see faults of an etcd that take their time")
	}
}

// refused looks that a host which insists on a new token gets none, is told why, and that
// the portal has not been asked.
func (b *bench) refused(why string) {
	b.t.Helper()
	sent := b.portal.Stats().Refreshes.Total
	if r := b.run("refresh", b.id, "--force"); r.code != 4 || !strings.Contains(r.err, why) {
		b.t.Errorf("refresh: want exit code 4 and %q; %s", why, r)
	}
	if got := b.portal.Stats().Refreshes.Total; got != sent {
		b.t.Errorf("%d refreshes were sent", got-sent)
	}
}

// TestFleet_StoreFull: an etcd takes nothing any more. Nothing is sent, tokens are served;
// and a pair that was granted in that moment is the fleet's once there is room again.
func TestFleet_StoreFull(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--quota-backend-bytes", fmt.Sprint(2 << 20)}})
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	a.found(store.Endpoints())
	b := a.host()
	a.admit(b, "host-2", store.Endpoints()...)
	held := b.token()
	d := openDepot(t, store)

	letGo := a.hold()
	granted := a.start("refresh", a.id, "--force")
	a.await(sandbox.KindRefresh, sandbox.Received)
	for i, full := 0, false; !full; i++ {
		_, err := d.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(fmt.Sprint("/others/", i%4), make([]byte, 200<<10), 0)}})
		full = errors.Is(err, etcd.NoSpace)
		if err != nil && !full || i > 1000 {
			t.Fatal(i, err)
		}
	}
	letGo()
	if r := granted.end(t); r.code != 0 {
		t.Errorf("a refresh whose commit found no room: %s", r)
	}
	newest := a.token()
	if newest == held || b.token() != held {
		t.Error("the host has not what it was granted, or the other has")
	}
	a.refused("the fleet's etcd is full")
	if r := b.run("login", "--account", b.id); r.code != 4 || !strings.Contains(r.err, "the fleet's etcd is full") {
		t.Errorf("login: %s", r)
	}
	keys := store.Ctl(t, "get", "--prefix", "--keys-only", "/hermes-tui/")
	for _, args := range [][]string{{"login", "minimax", "--label", "new", "--yes"}, {"fleet", "init", "--name", "second", "--host", "host-1", store.Endpoints()[0]}} {
		on := b
		if args[0] == "fleet" {
			on = a.host()
		}
		r := on.run(args...)
		if r.code != 4 || !strings.Contains(r.err, "is full") || strings.Count(r.out+r.err, "is full") != 1 || !strings.Contains(r.err, "alarm disarm") || strings.Contains(r.out, "To continue") || strings.Contains(r.out, "AGE-SECRET-KEY-1") {
			t.Errorf("%v: %s", args, r)
		}
	}
	if now := store.Ctl(t, "get", "--prefix", "--keys-only", "/hermes-tui/"); now != keys {
		t.Errorf("the store had %s and has %s", keys, now)
	}
	for _, args := range [][]string{{"fleet", "status"}, {"doctor"}} {
		if r := b.run(args...); strings.Count(r.out, "etcd is full") != 1 || !strings.Contains(r.out, "`etcdctl alarm disarm`") {
			t.Errorf("%v: %s", args, r)
		}
	}
	var status struct{ Full bool }
	b.decode(b.must("fleet", "status", "--json"), &status)
	if !status.Full {
		t.Error("fleet status --json says nothing of it")
	}

	at, err := d.Get(t.Context(), "/others/0")
	if err != nil {
		t.Fatal(err)
	}
	store.Ctl(t, "del", "--prefix", "/others/")
	store.Ctl(t, "compact", fmt.Sprint(at.Revision))
	store.Ctl(t, "defrag")
	store.Ctl(t, "alarm", "disarm")
	a.must("list")
	if b.decode(b.must("fleet", "status", "--json"), &status); status.Full {
		t.Error("with room again fleet status says that it is full")
	}
	if b.token() != newest {
		t.Error("with room again the other host has not what was granted meanwhile")
	}
	b.must("refresh", b.id, "--force")
	if sent := a.portal.Stats().Refreshes; sent.Total != 2 || sent.Outcomes[sandbox.Rotated] != 2 {
		t.Errorf("refreshes %+v", sent)
	}
}

// TestFleet_StoreComesBack: whatever befalls an etcd or the way to it, a proxy that runs
// answers every request meanwhile, and has what it missed without a command: after a
// silence, after what it would have to be told is compacted, and after a restart, by which
// etcd forgets who has signed in there with a password.
func TestFleet_StoreComesBack(t *testing.T) {
	t.Parallel()
	const password = "secret"
	store := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--bcrypt-cost", "4"}})
	link := etcdtest.NewRelay(t, strings.TrimPrefix(store.Members[0].URL, "http://"))
	a := newBench(t, sandbox.Options{PlanRequests: 1 << 20}) // it is asked for as long as the machine takes
	a.env = append(a.env, "HERMES_TUI_ETCD_PASSWORD="+password)
	a.signIn("--label", "work")
	store.Users(t, password, "/hermes-tui/main/", "owner")
	a.found(append(store.Endpoints(), "--user", "owner"))
	b := a.host()
	a.invite(b, "host-2", "http://"+link.Addr, "--user", "owner")
	s := b.serve("minimax")
	goesOn := func(what string, enough func(asked int) bool) {
		t.Helper()
		slowest, n := time.Duration(0), 0
		again := time.NewTicker(20 * time.Millisecond)
		defer again.Stop()
		for ; !enough(n); n++ {
			<-again.C
			began := time.Now()
			if got := b.ask(s.url, s.key); got.status != http.StatusOK {
				t.Errorf("%s: %d %s", what, got.status, got.body)
			}
			slowest = max(slowest, time.Since(began))
		}
		t.Logf("%s: %d requests, the slowest took %v", what, n, slowest.Round(time.Millisecond))
	}
	few := func(n int) bool { return n == 10 }
	hears := func(what string, gen uint64) {
		t.Helper()
		began := time.Now()
		goesOn(what+", and it comes back", func(int) bool { return b.gen(b.id) == gen })
		t.Logf("%s: known after %v", what, time.Since(began).Round(time.Millisecond))
	}
	goesOn("at first", few)

	if err := store.Members[0].Stop(); err != nil {
		t.Fatal(err)
	}
	goesOn("silence", few)
	if os.Getenv("HERMES_TUI_TEST_FAULTS") != "" {
		began := time.Now()
		goesOn("half a minute of silence", func(int) bool { return time.Since(began) > 30*time.Second })
	}
	if err := store.Members[0].Continue(); err != nil {
		t.Fatal(err)
	}
	a.must("refresh", a.id, "--force")
	hears("silence", 2)

	link.Cut()
	a.must("refresh", a.id, "--force")
	goesOn("cut", few)
	got, err := store.Open(t, func(c *etcd.Config) { c.User, c.Password = "root", password }).Get(t.Context(), "/hermes-tui/main/stamp")
	if err != nil {
		t.Fatal(err)
	}
	store.Ctl(t, "--user", "root:"+password, "compact", fmt.Sprint(got.Revision))
	link.Mend()
	hears("compacted", 3)

	store.Kill()
	goesOn("killed", few)
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	a.must("refresh", a.id, "--force")
	hears("started again", 4)
	if sent := a.portal.Stats().Refreshes; sent.Total != 3 || sent.Outcomes[sandbox.Rotated] != 3 {
		t.Errorf("refreshes %+v", sent)
	}
}

// TestFleet_OneAddressAnswers: of the addresses that a host was given, one refuses, one
// says nothing, and one is a member's.
func TestFleet_OneAddressAnswers(t *testing.T) {
	t.Parallel()
	faults(t)
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	a.found(store.Endpoints())
	b := a.host()
	a.admit(b, "host-2", "http://"+gone.Addr().String(), "http://"+silent.Addr().String(), store.Members[0].URL)
	if got := b.token(); got != a.token() {
		t.Error("it has another token")
	}
	r := b.run("refresh", b.id, "--force")
	if r.code != 0 || a.token() != b.token() {
		t.Errorf("refresh: %s", r)
	}
	t.Logf("a refresh took %v", r.took.Round(time.Millisecond))
	var status struct {
		Etcd []struct{ Error *string }
	}
	b.decode(b.must("fleet", "status", "--json"), &status)
	if len(status.Etcd) != 3 || status.Etcd[0].Error == nil || status.Etcd[1].Error == nil || status.Etcd[2].Error != nil {
		t.Errorf("status: %+v", status)
	}
}

// TestFleet_StoreBehind: a host reaches one member alone, which the others have left
// behind. What that member still has is not taken for what is so, and nothing is sent.
func TestFleet_StoreBehind(t *testing.T) {
	t.Parallel()
	faults(t)
	store := etcdtest.Start(t, 3, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	a.found(store.Endpoints()[1:])
	b := a.host()
	a.admit(b, "host-2", store.Members[0].URL)
	held := b.token()
	signal := func(do func(*etcdtest.Member) error, members ...*etcdtest.Member) {
		t.Helper()
		for _, m := range members {
			if err := do(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	signal((*etcdtest.Member).Stop, store.Members[0])
	a.until(func() bool { return a.run("refresh", a.id, "--force").code == 0 }) // another leads
	sent := a.portal.Stats().Refreshes.Total
	signal((*etcdtest.Member).Stop, store.Members[1:]...)
	signal((*etcdtest.Member).Continue, store.Members[0])
	b.refused("the fleet's store cannot be reached")
	if r := b.run("token", b.id); r.code != 0 || strings.TrimSpace(r.out) != held || !strings.Contains(r.err, "the fleet's store cannot be reached") {
		t.Errorf("token: %s", r)
	}
	signal((*etcdtest.Member).Continue, store.Members[1:]...)
	a.until(func() bool { r := b.run("token", b.id); return r.code == 0 && strings.TrimSpace(r.out) != held })
	if b.token() != a.token() || a.portal.Stats().Refreshes.Total != sent {
		t.Error("with all members the host has not the newest, or something was sent")
	}
}

// wrong is a clock that is off.
type wrong struct {
	clock.System
	by time.Duration
}

// Now implements [clock.Clock].
func (w wrong) Now() time.Time { return w.System.Now().Add(w.by) }

// TestFleet_WrongClock: a host whose clock is an hour off refreshes too early or too late,
// but never while another host does.
func TestFleet_WrongClock(t *testing.T) {
	t.Parallel()
	store, a := oneHost(t, 1)
	ahead, behind := a.host(), a.host()
	a.admit(ahead, "ahead", store.Endpoints()...)
	a.admit(behind, "behind", store.Endpoints()...)
	held := a.token()

	letGo := a.hold()
	first := a.start("refresh", a.id, "--force")
	a.await(sandbox.KindRefresh, sandbox.Received)
	type answer struct {
		token string
		err   error
	}
	ask := func(b *bench, by time.Duration) <-chan answer {
		c := b.opened(wrong{by: by})
		t.Cleanup(func() { _ = c.Close(context.Background()) })
		done := make(chan answer, 1)
		go func() {
			got, err := c.Token(t.Context(), b.id, core.TokenOptions{Uncounted: true})
			done <- answer{got.Access.Reveal(), err}
		}()
		return done
	}
	if got := <-ask(behind, -time.Hour); got.err != nil || got.token != held {
		t.Errorf("an hour behind, while another refreshes: %v", got.err)
	}
	waiting := ask(ahead, time.Hour)
	d := openDepot(t, store)
	for range 20 { // each of which is at least one look of the host that waits
		if _, busy, ok := d.head(a.id); !busy || !ok {
			t.Fatal("nobody refreshes")
		}
	}
	if got := a.portal.Stats().Refreshes.Total; got != 1 {
		t.Errorf("%d refreshes while one is under way", got)
	}
	letGo()
	first.end(t)
	got := <-waiting
	if got.err != nil || !a.portal.IsLive(got.token) {
		t.Errorf("an hour ahead: %v", got.err)
	}
	if newest := a.token(); !a.portal.IsLive(newest) {
		t.Error("the host whose clock is right has no token that works")
	}
	if got := <-ask(behind, -time.Hour); got.err != nil || !a.portal.IsLive(got.token) {
		t.Errorf("an hour behind: %v", got.err)
	}
	sent := a.portal.Stats().Refreshes
	if sent.Total != sent.Outcomes[sandbox.Rotated] || sent.Total > 2 {
		t.Errorf("refreshes %+v", sent)
	}
	t.Logf("refreshes %+v", sent)
}
