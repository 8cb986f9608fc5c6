package core

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/signin"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// TestMachine lets processes sign in, refresh, remove and move accounts, kills
// them at any step, loses answers, locks the keystore, finishes writes late and
// sets the clock back, in any order. Whatever happens:
//
//   - no token is sent or handed out that is not committed;
//   - the tokens of an account are of one generation, which never falls;
//   - a token that was refused is never sent again;
//   - what is written late changes nothing;
//   - no account is lost: it has its tokens, or it is quarantined with a reason
//     that is true, or somebody removed it.
func TestMachine(t *testing.T) {
	t.Parallel()
	memory := memoryFolder(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(memory, "machine-")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		m := newMachine(t, dir)
		m.signIn("")
		do := func(action func()) func(*rapid.T) {
			return func(t *rapid.T) {
				m.t = t
				action()
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"":               do(m.check),
			"sign in":        do(func() { m.signIn("") }),
			"sign in again":  do(func() { m.signIn(m.any()) }),
			"refresh":        do(m.refresh),
			"refresh once":   do(m.refresh),
			"refresh twice":  do(func() { m.refresh(); m.refresh() }),
			"remove":         do(m.remove),
			"move":           do(m.move),
			"revoke":         do(func() { m.issuer.revoked[rapid.IntRange(0, m.issuer.n).Draw(m.t, "family")] = true }),
			"wait":           do(m.wait),
			"lock or unlock": do(func() { m.locked = rapid.Bool().Draw(m.t, "locked") }),
			"late writes":    do(m.release),
			"settle":         do(m.settleNew),
		})
	})
}

// memoryFolder is a folder for files that need not outlive a power cut, in memory
// where the system has a place for that: thousands of fsyncs take a minute elsewhere.
func memoryFolder(t testing.TB) string {
	place := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		place = "/dev/shm"
	}
	dir, err := os.MkdirTemp(place, "hermes-tui-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // with what late writers made anew
	return dir
}

// any is one of the accounts, empty while there is none.
func (m *machine) any() string {
	if len(m.ids) == 0 {
		return ""
	}
	return rapid.SampledFrom(m.ids).Draw(m.t, "account")
}

// signIn signs in to a new account, or again to one that there is.
func (m *machine) signIn(id string) {
	if id == "" && len(m.ids) == 3 {
		return
	}
	family := m.issuer.n
	died, err := m.process(func(c *Core) error {
		o := SignInOptions{Provider: "minimax", Account: id}
		_, err := signin.Store(context.Background(), c.SignIns, o, keystore.KindFile, m.issuer.issue(family))
		return err
	})
	m.discover()
	m.settled(id, died, err)
}

// settleNew is the next sign-in's first step: accounts that nobody lists come to
// light, or are cleared away.
func (m *machine) settleNew() {
	died, err := m.process(func(c *Core) error {
		_, scan, err := c.state.Folder.Reconcile(context.Background())
		return errors.Join(err, c.state.Vault.Repair(context.Background(), scan.Left))
	})
	for _, id := range m.ids {
		if h := m.head(id); !died && err == nil && h.Gen == 0 && !h.Removed() {
			m.t.Fatalf("%s came to no end: %+v", id, h)
		}
	}
}

// discover takes the accounts up that have a head by now.
func (m *machine) discover() {
	ids, err := m.folder.IDs()
	if err != nil {
		m.t.Fatal(err)
	}
	slices.Sort(ids)
	m.ids = ids
}

// settled checks that nothing is left over once a change of tokens came to a
// good end.
func (m *machine) settled(id string, died bool, err error) {
	if id == "" || died || err != nil || m.locked {
		return
	}
	var want []string
	h := m.head(id)
	if h.Ref != nil && h.Ref.Kind == string(keystore.KindFile) {
		want = []string{h.Ref.Name}
	}
	ident, _, _ := m.folder.Store.Read()
	if h.Intent != nil || ident.Kind == string(keystore.KindFile) && !slices.Equal(m.names(keystore.KindFile, id), want) {
		m.t.Fatalf("left over: intent %+v, secrets %v, want %v", h.Intent, m.names(keystore.KindFile, id), want)
	}
}

func (m *machine) refresh() {
	if len(m.ids) == 0 {
		return
	}
	id := m.any()
	req := refresh.Request{Asked: true, Force: rapid.Bool().Draw(m.t, "force")}
	died, err := m.process(func(c *Core) error {
		result, err := c.engine.Refresh(context.Background(), id, req)
		if err == nil {
			m.handedOut(id, result.Current.Head, result.Current.Blob)
		}
		if err == nil && result.Rotated {
			m.settled(id, false, nil)
		}
		return err
	})
	if err != nil && !died {
		var ours *autherr.Error
		if !errors.As(err, &ours) {
			m.t.Fatalf("an error without a kind: %v", err)
		}
	}
}

// handedOut checks that tokens which a caller got are the ones on the disk.
func (m *machine) handedOut(id string, h *record.Head, blob *record.Blob) {
	now := m.head(id)
	if now.Gen != h.Gen || blob.Gen != now.Gen || now.Ref == nil || now.Ref.Name != h.Ref.Name {
		m.t.Fatalf("generation %d was handed out, the head says %+v", blob.Gen, now)
	}
}

func (m *machine) remove() {
	if len(m.ids) == 0 || rapid.IntRange(0, 3).Draw(m.t, "really") > 0 {
		return
	}
	id := m.any()
	died, err := m.process(func(c *Core) error { return c.state.Vault.Remove(context.Background(), id) })
	if m.head(id).Removed() {
		m.removed[id] = true
	} else if !died && err == nil {
		m.t.Fatal("removed, but still there")
	}
	m.settled(id, died, err)
}

func (m *machine) move() {
	to := rapid.SampledFrom([]keystore.Kind{keystore.KindFile, keystore.KindKeyring}).Draw(m.t, "to")
	before := map[string]uint64{}
	for _, id := range m.ids {
		before[id] = m.head(id).Gen
	}
	died, err := m.process(func(c *Core) error { return c.state.Vault.Move(context.Background(), to, nil) })
	ident, _, _ := m.folder.Store.Read()
	if !died && err == nil && (ident.Kind != string(to) || ident.MovingFrom != "") {
		m.t.Fatalf("moved to %s, but the store says %+v", to, ident)
	}
	for _, id := range m.ids {
		h := m.head(id)
		if !died && err == nil && h.Ref != nil && h.Ref.Kind != string(to) {
			m.t.Fatalf("moved to %s, but the head says %+v", to, h.Ref)
		}
	}
}

func (m *machine) wait() {
	jumps := []time.Duration{time.Second, time.Minute, 20 * time.Minute, 2 * time.Hour, 365 * 24 * time.Hour, -365 * 24 * time.Hour}
	m.clock.Set(m.clock.Now().Add(rapid.SampledFrom(jumps).Draw(m.t, "for")))
}

// release lets the keystores finish what killed processes had begun: nothing
// changes for anybody.
func (m *machine) release() {
	before := m.bytes()
	for _, id := range m.ids {
		m.readable(id)
	}
	for _, write := range m.late {
		write()
	}
	m.late = nil
	if m.bytes() != before {
		m.t.Fatal("a late write changed a head")
	}
	for _, id := range m.ids {
		m.readable(id)
	}
}
