package shared

import (
	"bytes"
	"fmt"
	"testing"
	"time"

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
