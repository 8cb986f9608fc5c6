package shared

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// counted is that so many requests were counted so long ago.
func (h *host) counted(ago time.Duration, program string, requests uint64) {
	h.counts = append(h.counts, tally.Row{
		Slot: h.clock.Now().Add(-ago).Truncate(tally.SlotLength),
		Use:  tally.Use{Account: account, Program: program}, Counts: tally.Counts{Requests: requests},
	})
}

// sums are the requests of each host that this one knows of, by the files.
func (h *host) sums() map[string]uint64 {
	h.Helper()
	if err := h.LookAtUse(h.Context()); err != nil {
		h.Fatal(err)
	}
	sums := map[string]uint64{}
	for _, r := range tally.NewMeter(h.Folder.Dir(), h.clock).Read(h.clock.Now().Add(-tally.Keep)) {
		sums[r.Host+" "+r.Program] += r.Requests
	}
	return sums
}

func TestUse_IsKnownEverywhere(t *testing.T) {
	f := newTeam(t, 3)
	a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
	a.counted(0, "ci", 3)
	a.counted(90*time.Minute, "ci", 20)
	a.counted(30*time.Hour, "ci", 100)
	a.counted(30*time.Hour, "editor", 1000)
	b.counted(0, "editor", 7)
	a.tell()
	b.tell()
	if got := fmt.Sprint(c.sums()); got != "map[host-1 ci:123 host-1 editor:1000 host-2 editor:7]" {
		t.Errorf("the third host knows of %v", got)
	}
	if got := fmt.Sprint(a.sums()); got != "map[host-2 editor:7]" { // its own are in its own files
		t.Errorf("the first host hears of %v", got)
	}

	f.clock.Advance(time.Hour) // what was told as new becomes past
	a.counted(0, "ci", 1)
	a.tell()
	if got := c.sums()["host-1 ci"]; got != 124 {
		t.Errorf("an hour later %d requests, want 124", got)
	}
	f.clock.Advance(time.Hour)
	a.tell()
	if got := c.sums()["host-1 ci"]; got != 124 {
		t.Errorf("two hours later %d requests, want 124", got)
	}
}

// What has not changed is not written again, whichever process tells.
func TestUse_IsWrittenWhenItChanges(t *testing.T) {
	f := newTeam(t, 2)
	a := f.hosts[0]
	a.counted(0, "ci", 3)
	a.tell()
	before := f.etcd.Revision()
	a.tell()
	if got := f.etcd.Revision(); got != before {
		t.Errorf("%d writes where nothing has changed", got-before)
	}
	a.counted(0, "ci", 1)
	a.tell()
	if got := f.etcd.Revision(); got != before+1 {
		t.Errorf("%d writes for one change", got-before)
	}
}

// However much is counted, a value stays small; what is oldest is left out.
func TestUse_IsBounded(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	n := 30000
	if testing.Short() {
		n = 12000
	}
	for i := range n {
		a.counted(700*time.Hour-time.Duration(i)*80*time.Second, fmt.Sprintf("%x-%x", i%61, i*i*7919), 1)
	}
	a.counted(3*time.Hour, "newest", 5)
	a.tell()
	if size := len(f.get(f.keys.Past("host-1")).Value); size < mostUse/4 || size > 2*mostUse {
		t.Errorf("a value of %d bytes", size)
	}
	if got := b.sums()["host-1 newest"]; got != 5 {
		t.Errorf("of the newest %d requests are known", got)
	}
}

func TestUse_Plans(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	used := 62.0
	a.plans = map[string]usage.Known{account: {Asked: start, Reading: usage.Reading{At: start, Source: usage.FromEndpoint, Windows: []usage.Window{{Name: "5h", Used: &used}}}}}
	a.tell()
	b.sums()
	if len(b.heard) != 1 || b.heard[0].Host != "host-1" || *b.heard[0].Plans[account].Reading.Windows[0].Used != used {
		t.Errorf("heard %+v", b.heard)
	}
}

// What a host has kept of another already it does not open again, as long as it is whole.
func TestUse_Kept(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], uses{f.hosts[1].Board}
	a.counted(0, "ci", 3)
	a.tell()
	key := f.keys.Use("host-1")
	file := b.file(key)
	use := func(want bool) {
		t.Helper()
		u, kept, err := b.use(t.Context(), f.get(key), file)
		if err != nil || kept != want || len(u.Rows) != 1 || u.Host != "host-1" {
			t.Errorf("kept %t, %+v, %v", kept, u, err)
		}
	}
	use(false)
	f.hosts[1].sums()
	use(true)
	if err := os.WriteFile(file, []byte(`{"host":"host-1"}`), 0o600); err != nil { // a power cut left something else
		t.Fatal(err)
	}
	use(false)
}

// In a large fleet each host tells less often, so that no host is told all the time.
func TestUse_OfMany(t *testing.T) {
	f := newTeam(t, 2)
	b := uses{f.hosts[0].Board}
	for n, want := range map[int]time.Duration{1: 10 * time.Second, 20: 10 * time.Second, 100: 50 * time.Second} {
		b.view = many{f.view, n}
		if got := b.pause(t.Context()); got != want {
			t.Errorf("%d hosts tell every %s", n, got)
		}
	}
}

// many is a fleet of n hosts.
type many struct {
	fleet.View
	n int
}

func (m many) Names() []string { return make([]string, m.n) }

// Counts that somebody else wrote, or moved to another host's place, count nothing.
func TestUse_Forged(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	a.counted(0, "ci", 3)
	a.tell()
	real := f.get(f.keys.Use("host-1"))
	if bytes.Contains(real.Value, []byte(account)) {
		t.Error("counts stand in the store in plain text")
	}
	f.put(f.keys.Use("host-9"), real.Value, 0)
	f.put(f.keys.Use("../x"), []byte("{}"), 0)
	if got := fmt.Sprint(b.sums()); got != "map[host-1 ci:3]" {
		t.Errorf("known are %v", got)
	}
}

// One host asks a provider for all, once in five minutes; and each for itself while the
// store is away.
func TestMayAsk(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	ask := func(h *host, want bool) {
		t.Helper()
		if got := h.MayAsk(t.Context(), account); got != want {
			t.Errorf("%s may ask: %v", h.Host, got)
		}
	}
	ask(a, true)
	ask(b, false)
	ask(a, true) // it knows by itself when it has asked
	b.link.Cut(true)
	ask(b, true)
	b.link.Cut(false)
	b.Lost(true)
	ask(b, true)
	b.Lost(false)
	ask(b, false)
	f.clock.Advance(askEvery + time.Second)
	ask(b, true)
	ask(a, false)
	f.put(f.keys.Ask(account), []byte("x"), 0)
	ask(a, true)
}

// What a host has counted stays for as long as it is shown, also when the host is no member
// any more, and goes then, in the store and here. One that is a member keeps it however long
// it sleeps.
func TestUse_OfAHostThatIsGone(t *testing.T) {
	f := newTeam(t, 1)
	a := f.hosts[0]
	gone := f.host("gone") // no member: it has been removed
	a.counted(0, "ci", 3)
	gone.counted(0, "ci", 7)
	gone.counted(30*time.Hour, "ci", 70)
	gone.tell()
	a.tell()
	other := f.host("host-2") // no member either, so that nothing is bound to it
	f.put(f.keys.Use("old"), []byte("made with keys that nobody has"), 0)
	files := func() int {
		t.Helper()
		names, err := os.ReadDir(uses{a.Board}.usesDir())
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	if got := a.sums()["gone ci"]; got != 77 || files() != 2 {
		t.Errorf("of a host that is gone %d requests, %d files", got, files())
	}
	if f.get(f.keys.Use("old")).Found() {
		t.Error("what nobody can read stays")
	}
	f.clock.Advance(tally.Keep - 31*time.Hour) // the rows of before are shown yet
	if got := a.sums()["gone ci"]; got != 77 || !f.get(f.keys.Past("gone")).Found() {
		t.Errorf("within what is kept %d requests", got)
	}
	f.clock.Advance(40 * time.Hour)
	other.sums() // any host does it
	if f.get(f.keys.Use("gone")).Found() || f.get(f.keys.Past("gone")).Found() {
		t.Error("it stays in the store")
	}
	if !f.get(f.keys.Use("host-1")).Found() || !f.get(f.keys.Past("host-1")).Found() {
		t.Error("what a member counted is gone")
	}
	a.tell()
	if files() != 0 {
		t.Errorf("%d files stay here", files())
	}
}
