package shared

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// key is a client key of a name.
func (f *team) key(name string) clientkey.Key {
	return clientkey.Key{ID: "key-" + name, Name: name, Hash: clientkey.HashOf(name), Allow: []clientkey.Right{clientkey.Proxy}, MadeAt: start}
}

var errTaken = errors.New("taken")

func (h *host) add(name string) error {
	return h.EditClients(h.Context(), func(keys clientkey.Table) (clientkey.Table, error) {
		if _, taken := keys.Named(name); taken {
			return nil, errTaken
		}
		return append(keys, h.key(name)), nil
	})
}

func (h *host) revoke(name string) error {
	return h.EditClients(h.Context(), func(keys clientkey.Table) (clientkey.Table, error) {
		key, ok := keys.Named(name)
		if !ok {
			return nil, clientkey.NotKnown()
		}
		return keys.Without(key.ID), nil
	})
}

// names are the keys that a host takes.
func (h *host) names() string {
	var all []string
	for _, k := range h.kept.keys {
		all = append(all, k.Name)
	}
	return strings.Join(all, " ")
}

func (f *team) clientsAre(want string) {
	f.Helper()
	for _, h := range f.hosts {
		h.look()
		if got := h.names(); got != want {
			f.Errorf("%s takes the keys %q, want %q", h.Host, got, want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestClients_AreThoseOfEveryHost(t *testing.T) {
	f := newTeam(t, 3)
	a, b := f.hosts[0], f.hosts[1]
	must(t, a.add("editor"))
	must(t, b.add("ci")) // which has not looked before
	f.clientsAre("editor ci")
	if err := b.add("EDITOR"); !errors.Is(err, errTaken) {
		t.Errorf("a name that there is already: %v", err)
	}
	must(t, b.revoke("editor"))
	f.clientsAre("ci")
	must(t, a.revoke("ci"))
	f.clientsAre("")
}

func TestClients_StoreAway(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	must(t, a.add("editor"))
	f.clientsAre("editor")
	b.link.Cut(true)
	if err := b.revoke("editor"); autherr.CodeOf(err) != autherr.CodeFleetAway || b.names() != "editor" {
		t.Errorf("revoked while the store is away: %v, left %q", err, b.names())
	}
	if err := b.add("ci"); autherr.CodeOf(err) != autherr.CodeFleetAway || b.names() != "editor" {
		t.Errorf("added while the store is away: %v", err)
	}
	b.link.Cut(false)
	must(t, b.revoke("editor"))
	f.clientsAre("")
}

// A store that is full is said to be full, and not that others change it.
func TestClients_Full(t *testing.T) {
	f := newTeam(t, 1)
	f.etcd.NoSpace(true)
	if err := f.hosts[0].add("editor"); !errors.Is(err, etcd.NoSpace) || !strings.Contains(err.Error(), "etcd is full") {
		t.Error(err)
	}
}

// A change that nobody answered happens once.
func TestClients_Unclear(t *testing.T) {
	for name, fate := range map[string]etcdtest.Fate{"lost on the way": etcdtest.LoseRequest, "answer lost": etcdtest.LoseAnswer, "twice": etcdtest.Twice} {
		t.Run(name, func(t *testing.T) {
			f := newTeam(t, 2)
			a := f.hosts[0]
			a.link.Next(fate)
			must(t, a.add("editor"))
			f.clientsAre("editor")
			a.link.Next(fate)
			must(t, a.revoke("editor"))
			f.clientsAre("")
		})
	}
}

// A key that was revoked does not come back when somebody puts an old value back, or
// deletes the new one: a host that has seen newer keys puts those there again.
func TestClients_PutBack(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	must(t, a.add("stolen"))
	old := f.get(f.keys.Pool(clientsKey))
	must(t, a.revoke("stolen"))
	must(t, a.add("editor"))
	f.clientsAre("editor")
	f.put(old.Key, old.Value, 0)
	f.clientsAre("editor")
	if now := f.get(old.Key); bytes.Equal(now.Value, old.Value) {
		t.Error("the old keys stand in the store")
	}
	must(t, b.add("ci"))
	f.clientsAre("editor ci")
	f.put(old.Key, old.Value, 0)
	must(t, b.add("more")) // before anybody has looked
	f.clientsAre("editor ci more")
	if _, err := f.etcd.Client("admin").Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Delete(old.Key)}}); err != nil {
		t.Fatal(err)
	}
	f.clientsAre("editor ci more")
	newcomer := f.host("host-3")
	newcomer.look()
	if got := newcomer.names(); got != "editor ci more" {
		t.Errorf("a host that joins takes the keys %q", got)
	}
}

// Who can write into the store and is no owner adds no key and widens none.
func TestClients_Forged(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	must(t, a.add("editor"))
	f.clientsAre("editor")
	key := f.keys.Pool(clientsKey)
	good := f.get(key).Value
	if bytes.Contains(good, []byte("editor")) {
		t.Error("the name of a key stands in the store in plain text")
	}
	other := newTeam(t, 1) // another fleet
	must(t, other.hosts[0].add("mine"))
	for name, raw := range map[string][]byte{
		"another fleet's": other.get(key).Value,
		"one byte":        slices.Concat(good[:40], []byte("0"), good[41:]),
		"no JSON":         []byte("{}"),
	} {
		f.put(key, raw, 0)
		f.clientsAre("editor")
		if err := b.add("more"); err == nil {
			t.Errorf("%s: what is damaged was overwritten", name)
		}
	}
	f.put(key, good, 0)
	f.clientsAre("editor")
}

// A host that was removed has the key of before: what it writes with that is not taken.
func TestClients_OfARemovedHost(t *testing.T) {
	f := newTeam(t, 2)
	a := f.hosts[0]
	must(t, a.add("editor"))
	f.clientsAre("editor")
	before := f.view
	var err error
	if f.view, err = f.view.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	evil := clientkey.Table{f.key("editor"), f.key("mine")}
	v, err := seal(before, table{serial: 99, keys: evil})
	must(t, err)
	raw, err := before.Wrap(f.keys.Pool(clientsKey), v.body)
	must(t, err)
	f.put(f.keys.Pool(clientsKey), raw, 0)
	must(t, f.hosts[1].add("ci")) // before anybody has looked
	f.clientsAre("editor ci")
	v, err = seal(before, table{serial: 999, keys: evil})
	must(t, err)
	raw, err = before.Wrap(f.keys.Pool(clientsKey), v.body)
	must(t, err)
	f.put(f.keys.Pool(clientsKey), raw, 0)
	f.clientsAre("editor ci")
	newcomer := f.host("host-3")
	newcomer.look()
	if got := newcomer.names(); got != "editor ci" {
		t.Errorf("a host that joins takes the keys %q", got)
	}
}

// After a host was removed the keys are sealed with the fleet's new key, and what another
// host changed meanwhile stays.
func TestClients_Renewed(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	must(t, a.add("editor"))
	f.clientsAre("editor")
	must(t, b.add("ci")) // which the first has not seen
	var err error
	if f.view, err = f.view.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, a.RenewClients(t.Context()))
	if made := roster.Made(f.get(f.keys.Pool(clientsKey)).Value); made != 2 {
		t.Errorf("they are of the epoch %d", made)
	}
	f.clientsAre("editor ci")
}
