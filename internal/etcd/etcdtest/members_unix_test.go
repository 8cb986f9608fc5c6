//go:build unix

package etcdtest_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

func TestMember_Conforms(t *testing.T) {
	t.Parallel()
	c := etcdtest.Start(t, 1, etcdtest.Options{})
	store := c.Open(t, nil)
	conform(t, rig{store, func(revision int64) { c.Ctl(t, "compact", fmt.Sprint(revision)) }, func(time.Duration) {}})

	t.Run("etcdctl sees the same", func(t *testing.T) {
		r := rig{store: store}
		lease := r.grant(t, time.Minute)
		done := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put("/ctl/a", []byte("ours"), lease), etcd.Put("/ctl/b", []byte("x"), 0), etcd.Delete("/ctl/b0")}})
		out := c.Ctl(t, "get", "/ctl/a", "-w", "fields")
		for field, want := range map[string]string{
			"ClusterID": fmt.Sprint(done.Cluster), "Revision": fmt.Sprint(done.Revision), "Value": `"ours"`, "CreateRevision": fmt.Sprint(done.Revision),
			"ModRevision": fmt.Sprint(done.Revision), "Version": "1", "Lease": fmt.Sprint(int64(lease)),
		} {
			if !strings.Contains(out, fmt.Sprintf("%q : %s\n", field, want)) {
				t.Errorf("%s is not %s in\n%s", field, want, out)
			}
		}
		next, stop := r.watch(t, "/ctl/", done.Revision+1)
		defer stop()
		next(t)
		c.Ctl(t, "put", "/ctl/b", "theirs")
		c.Ctl(t, "del", "/ctl/a")
		events := collect(t, next, 2)
		got := r.below(t, "/ctl/")
		if len(got.KVs) != 1 || string(got.KVs[0].Value) != "theirs" || got.KVs[0].Version != 2 || !events[1].Deleted() || string(events[0].Value) != "theirs" {
			t.Errorf("%+v, after %+v", got, events)
		}
	})
}

// until repeats until it is done, as long as the test may take.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	for !done() {
		select {
		case <-pause.C:
		case <-late.C:
			t.Fatalf("%s: not after half a minute", what)
		}
	}
}

// counter counts in the store, by comparing what was read: each count is one
// that was committed, whatever became of the answers.
type counter struct {
	store  etcd.Store
	counts int
}

// add counts one further, if it can. An answer that is unclear is looked after.
func (c *counter) add(t *testing.T) bool {
	t.Helper()
	got, err := c.store.Get(t.Context(), "/count")
	if err != nil {
		c.known(t, err)
		return false
	}
	n, _ := strconv.Atoi(string(got.KVs[0].Value))
	if n != c.counts && n != c.counts+1 { // one may have been applied after all
		t.Fatalf("there is %d after %d", n, c.counts)
	}
	c.counts = n
	compare := etcd.Absent("/count")
	if got.KVs[0].Found() {
		compare = etcd.Is("/count", got.KVs[0].Value)
	}
	done, err := c.store.Commit(t.Context(), etcd.Txn{If: []etcd.Compare{compare}, Then: []etcd.Op{etcd.Put("/count", []byte(fmt.Sprint(n+1)), 0)}})
	if err != nil {
		c.known(t, err)
		return false
	}
	if done.Succeeded {
		c.counts++
	}
	return done.Succeeded
}

func (c *counter) known(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, etcd.Unreachable) && !errors.Is(err, etcd.NoLeader) && !errors.Is(err, etcd.Unclear) {
		t.Error(err)
	}
}

// The member that leads is killed, then another is stopped: calls go on.
func TestMembers_FailOver(t *testing.T) {
	t.Parallel()
	c := etcdtest.Start(t, 3, etcdtest.Options{})
	leader := c.Leader(t)
	store := c.Open(t, func(config *etcd.Config) {
		config.Timeout = 1500 * time.Millisecond
		config.Endpoints = []string{leader.URL}
		for _, m := range c.Members {
			if m != leader {
				config.Endpoints = append(config.Endpoints, m.URL)
			}
		}
	})
	count := &counter{store: store}
	until(t, "with all", func() bool { return count.add(t) })

	follower := c.Members[0]
	if follower == leader {
		follower = c.Members[1]
	}
	other := c.Open(t, func(config *etcd.Config) {
		config.Endpoints, config.Timeout = []string{follower.URL}, 1500*time.Millisecond
	})
	raw, stop := iter.Pull2(other.Watch(t.Context(), "/", 1))
	defer stop()
	next := func(t *testing.T) etcd.Batch {
		batch, err, _ := raw()
		if err != nil {
			t.Fatal(err)
		}
		return batch
	}
	next(t)
	collect(t, next, count.counts)

	ended := errAfter(t, store, leader.Kill)
	if !errors.Is(ended, etcd.Unreachable) {
		t.Errorf("a watch of who was killed: %v", ended)
	}
	was := count.counts
	until(t, "without the leader", func() bool { return count.add(t) })
	collect(t, next, count.counts-was)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}

	leader = c.Leader(t)
	if err := leader.Stop(); err != nil {
		t.Fatal(err)
	}
	until(t, "with a leader that sleeps", func() bool { return count.add(t) })
	if err := leader.Continue(); err != nil {
		t.Fatal(err)
	}
	until(t, "with all again", func() bool { return count.add(t) })

	// two of three are gone: nobody decides
	for _, m := range c.Members {
		if m != follower {
			m.Kill()
		}
	}
	if _, err := other.Commit(t.Context(), put("alone")); !errors.Is(err, etcd.Unclear) && !errors.Is(err, etcd.NoLeader) {
		t.Errorf("without most: %v", err)
	}
	until(t, "it knows", func() bool {
		_, err := other.Commit(t.Context(), put("alone"))
		return errors.Is(err, etcd.NoLeader) && !errors.Is(err, etcd.Unclear)
	})
	for { // its watch ends, too
		_, err, _ := raw()
		if err == nil {
			continue
		}
		if !errors.Is(err, etcd.NoLeader) {
			t.Errorf("a watch without a leader: %v", err)
		}
		break
	}
}

// Where no answer comes, a read goes elsewhere, and a write is unclear: it is
// applied, or not, or later.
func TestRelay_LosesAndDelays(t *testing.T) {
	c := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--grpc-keepalive-min-time", "100ms"}})
	link := etcdtest.NewRelay(t, strings.TrimPrefix(c.Members[0].URL, "http://"))
	through := c.Open(t, func(config *etcd.Config) {
		config.Endpoints, config.Timeout, config.Silence = []string{"http://" + link.Addr}, 400*time.Millisecond, 400*time.Millisecond
	})
	beside := rig{store: c.Open(t, nil)}
	commit := func(key string) error {
		_, err := through.Commit(t.Context(), etcd.Txn{If: []etcd.Compare{etcd.Absent(key)}, Then: []etcd.Op{etcd.Put(key, nil, 0)}})
		return err
	}
	until(t, "a link", func() bool { return commit("/0") == nil })

	link.Hold(false, true)
	until(t, "applied, and the answer is lost", func() bool {
		if err := commit("/lost"); !errors.Is(err, etcd.Unclear) {
			t.Errorf("the answer is lost: %v", err)
		}
		return beside.get(t, "/lost").KVs[0].Found()
	})
	if _, err := through.Get(t.Context(), "/0"); !errors.Is(err, etcd.Unreachable) || errors.Is(err, etcd.Unclear) {
		t.Errorf("a read that is not answered: %v", err)
	}
	link.Cut()
	until(t, "the client knows", func() bool { return errors.Is(commit("/cut"), etcd.Unreachable) })
	if err := commit("/cut"); !errors.Is(err, etcd.Unreachable) || errors.Is(err, etcd.Unclear) {
		t.Errorf("the link is cut: %v", err)
	}
	link.Mend()
	until(t, "mended", func() bool { return commit("/mended") == nil })

	link.Hold(true, false)
	if err := commit("/late"); !errors.Is(err, etcd.Unclear) {
		t.Errorf("the request is held back: %v", err)
	}
	if beside.get(t, "/late").KVs[0].Found() {
		t.Error("it was applied")
	}
	link.Mend() // the time of the request is over; etcd may take it or not

	// a link that says nothing is asked, and found dead
	if err := errAfter(t, through, func() { link.Hold(true, true) }); !errors.Is(err, etcd.Unreachable) {
		t.Errorf("a watch of a dead link: %v", err)
	}
}

// What an etcd that was restored says of itself.
func TestMembers_Restore(t *testing.T) {
	t.Parallel()
	c := etcdtest.Start(t, 1, etcdtest.Options{})
	r := rig{store: c.Open(t, nil)}
	old := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put("/k", []byte("old"), 0)}})
	backup := c.Snapshot(t)
	r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put("/k", []byte("new"), 0)}})
	for _, token := range []string{"", "another"} {
		if err := errAfter(t, r.store, func() { c.Restore(t, backup, token) }); !errors.Is(err, etcd.Unreachable) {
			t.Errorf("watch: %v", err)
		}
		var got etcd.Answer
		until(t, "it is back", func() bool {
			var err error
			got, err = r.store.Get(t.Context(), "/k")
			return err == nil
		})
		if string(got.KVs[0].Value) != "old" || got.Revision != old.Revision || (got.Cluster == old.Cluster) != (token == "") {
			t.Errorf("token %q: %+v, before %+v", token, got, old)
		}
	}
}

// A full store takes deletes, and sometimes what it says it does not take.
func TestMember_Full(t *testing.T) {
	t.Parallel()
	c := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--quota-backend-bytes", fmt.Sprint(4 << 20)}})
	r := rig{store: c.Open(t, nil)}
	large := make([]byte, 1<<20)
	var err error
	n := 0
	for ; err == nil && n < 20; n++ {
		_, err = r.store.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(fmt.Sprint("/", n), large, 0)}})
	}
	if !errors.Is(err, etcd.NoSpace) || !errors.Is(err, etcd.Unclear) {
		t.Errorf("%d are put: %v", n, err)
	}
	if _, err := r.store.Grant(t.Context(), time.Minute); err != nil && !errors.Is(err, etcd.NoSpace) {
		t.Errorf("grant: %v", err)
	}
	if err := etcd.MayWrite(t.Context(), r.store, "/more"); !errors.Is(err, etcd.NoSpace) || errors.Is(err, etcd.Unclear) {
		t.Errorf("may write: %v", err)
	}
	if got := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.DeletePrefix("/")}}); !got.Succeeded {
		t.Errorf("delete: %+v", got)
	}
}

// A user with a password, and rights below a prefix. etcd forgets its tokens when
// it is started anew.
func TestMember_Password(t *testing.T) {
	t.Parallel()
	c := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--bcrypt-cost", "4"}})
	as := func(user, password string) rig {
		return rig{store: c.Open(t, func(config *etcd.Config) { config.User, config.Password = user, password })}
	}
	host, root := as("host", "hostpw"), as("root", "hostpw")
	txn := func(key string) etcd.Txn { return etcd.Txn{Then: []etcd.Op{etcd.Put(key, nil, 0)}} }
	host.commit(t, txn("/before")) // etcd asks nobody yet
	c.Users(t, "hostpw", "/fleet/", "host")

	done := host.commit(t, txn("/fleet/a"))
	lease := host.grant(t, time.Minute)
	host.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put("/fleet/b", nil, lease)}})
	next, stop := host.watch(t, "/fleet/", done.Revision)
	next(t)
	collect(t, next, 2)
	stop()
	denied := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, etcd.Denied) || errors.Is(err, etcd.Unclear) || strings.Contains(err.Error(), "hostpw") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := host.store.Commit(t.Context(), txn("/other"))
	denied("another prefix", err)
	_, err = host.store.Range(t.Context(), "/")
	denied("everything", err)
	denied("a watch of everything", end(t, host.store.Watch(t.Context(), "/", 1)))
	denied("a user's right", host.store.DeleteUser(t.Context(), "root"))
	_, err = as("host", "wrong").store.Commit(t.Context(), txn("/fleet/a"))
	denied("a wrong password", err)
	_, err = as("", "").store.Commit(t.Context(), txn("/fleet/a"))
	denied("nobody", err)
	for who, r := range []rig{host, root} {
		if m := r.store.Status(t.Context())[0]; m.Err != nil || m.Name != "m0" || m.Cluster != done.Cluster || m.Member != done.Member || who == 1 && m.Leader == 0 {
			t.Errorf("%+v", m)
		}
	}

	c.Kill()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "a token that etcd forgot", func() bool {
		_, err := host.store.Commit(t.Context(), txn("/fleet/a"))
		if err != nil && !errors.Is(err, etcd.Unreachable) && !errors.Is(err, etcd.Unclear) && !errors.Is(err, etcd.NoLeader) {
			t.Fatal(err)
		}
		return err == nil
	})
	c.Kill()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "a watch with a token that etcd forgot", func() bool {
		for _, err := range host.store.Watch(t.Context(), "/fleet/", 1) {
			if errors.Is(err, etcd.Denied) {
				t.Fatal(err)
			}
			return err == nil
		}
		return false
	})

	if err := root.store.DeleteUser(t.Context(), "host"); err != nil {
		t.Fatal(err)
	}
	_, err = host.store.Commit(t.Context(), txn("/fleet/a"))
	denied("a user that was deleted", err)
	if err := root.store.DeleteUser(t.Context(), "host"); !errors.Is(err, etcd.Refused) {
		t.Errorf("deleted twice: %v", err)
	}
}

// A certificate is a user by its name, and without one nothing is even sent.
func TestMember_Certificate(t *testing.T) {
	t.Parallel()
	c := etcdtest.Start(t, 1, etcdtest.Options{TLS: true, Args: []string{"--bcrypt-cost", "4"}})
	c.Users(t, "", "/fleet/", "host-1")
	as := func(config *tls.Config) etcd.Store {
		return c.Open(t, func(own *etcd.Config) { own.TLS = config })
	}
	txn := func(key string) etcd.Txn { return etcd.Txn{Then: []etcd.Op{etcd.Put(key, nil, 0)}} }
	host := as(c.Certificate(t, "host-1"))
	if _, err := host.Commit(t.Context(), txn("/fleet/a")); err != nil {
		t.Fatal(err)
	}
	if _, err := host.Commit(t.Context(), txn("/other")); !errors.Is(err, etcd.Denied) {
		t.Errorf("another prefix: %v", err)
	}
	for name, config := range map[string]*tls.Config{
		"no certificate":        {RootCAs: c.Certificate(t, "host-1").RootCAs},
		"no authority":          {Certificates: c.Certificate(t, "host-1").Certificates},
		"no configuration":      nil,
		"another server's name": {RootCAs: c.Certificate(t, "host-1").RootCAs, Certificates: c.Certificate(t, "host-1").Certificates, ServerName: "elsewhere"},
	} {
		_, err := as(config).Commit(t.Context(), txn("/fleet/a"))
		if !errors.Is(err, etcd.Unreachable) && !errors.Is(err, etcd.Denied) || errors.Is(err, etcd.Unclear) {
			t.Errorf("%s: %v", name, err)
		}
		if theirs := config != nil && config.Certificates == nil; theirs == errors.Is(err, etcd.ErrUntrusted) {
			t.Errorf("%s, whose certificate is not taken: %v", name, err)
		}
	}
	if err := c.Open(t, nil).DeleteUser(t.Context(), "host-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := host.Commit(t.Context(), txn("/fleet/a")); !errors.Is(err, etcd.Denied) {
		t.Errorf("a user that was deleted: %v", err)
	}
}
