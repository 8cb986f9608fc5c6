package tally

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// TestHand_BesideWhatIsCounted: lines of many processes, and counts of one that goes
// on, are summed up; neither writes over the other.
func TestHand_BesideWhatIsCounted(t *testing.T) {
	dir := t.TempDir()
	m := NewMeter(dir, clock.NewFake(noon))
	m.Note(Use{"a1", "codex", "m"}, Counts{Requests: 2})
	m.Close()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				if err := Hand(dir, noon, Use{Account: "a1", Program: "codex"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := Hand(dir, noon.Add(-time.Hour), Use{Account: "a1"}); err != nil {
		t.Error(err)
	}
	slot := noon.Truncate(SlotLength)
	want := []Row{
		{Slot: slot.Add(-time.Hour), Use: Use{Account: "a1"}, Counts: Counts{Handed: 1}},
		{Slot: slot, Use: Use{Account: "a1", Program: "codex"}, Counts: Counts{Handed: 200}},
		{Slot: slot, Use: Use{"a1", "codex", "m"}, Counts: Counts{Requests: 2}},
	}
	other := NewMeter(dir, clock.NewFake(noon))
	for range 2 {
		if diff := cmp.Diff(want, other.Read(noon.Add(-2*time.Hour))); diff != "" {
			t.Fatal(diff)
		}
	}
	seen := other.folder.changed(noon)
	later := time.Now().Add(time.Minute)
	if err := Hand(dir, noon, Use{Account: "a1", Program: "codex"}); err != nil {
		t.Error(err)
	}
	if err := os.Chtimes(other.folder.handedPath(hourOf(noon)), later, later); err != nil { // as if written by then
		t.Fatal(err)
	}
	if !other.folder.changed(noon).After(seen) {
		t.Error("a watcher does not see a line that was added")
	}
	other.Note(Use{"a1", "codex", "m"}, Counts{Requests: 1}) // writes the hour anew
	other.Close()
	want[1].Handed, want[2].Requests = 201, 3
	if diff := cmp.Diff(want, other.Read(noon.Add(-2*time.Hour))); diff != "" {
		t.Error(diff)
	}
}

// TestHand_IsBounded: a file that is full takes no more, and old ones go.
func TestHand_IsBounded(t *testing.T) {
	dir := t.TempDir()
	f := folder{dir}
	old := noon.Add(-Keep - 2*time.Hour)
	for _, when := range []time.Time{old, noon.Add(-Keep), noon} {
		if err := Hand(dir, when, Use{Account: "a1"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(f.handedPath(hourOf(old))); !os.IsNotExist(err) {
		t.Errorf("an old file stays: %v", err)
	}
	if len(f.hours()) != 2 {
		t.Errorf("hours %v", f.hours())
	}
	path := f.handedPath(hourOf(noon))
	if err := os.Truncate(path, mostHanded+1); err != nil {
		t.Fatal(err)
	}
	if err := Hand(dir, noon, Use{Account: "a1"}); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Size() != mostHanded+1 {
		t.Errorf("it has grown to %d", info.Size())
	}
}

// TestHand_WhatIsNoSuchLine is left out, and no name makes another line or tells a
// token.
func TestHand_WhatIsNoSuchLine(t *testing.T) {
	dir := t.TempDir()
	if err := Hand(dir, noon, Use{Account: "a1", Program: "x\n12:00 a2 y sk-ant-oat01-abcdefghij0123456789"}); err != nil {
		t.Fatal(err)
	}
	f := folder{dir}
	path := f.handedPath(hourOf(noon))
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 1 || strings.Contains(string(text), "abcdefghij") {
		t.Fatalf("%q, %v", text, err)
	}
	bad := "12:00\n12:00 \n12:01 a1 x\n13:00 a1 x\nnoon a1 x\n\xff\n12:20 a1\n12:40 a1 last line that was cut"
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	got := NewMeter(dir, clock.NewFake(noon.Add(time.Hour))).Read(noon)
	if diff := cmp.Diff([]Row{{Slot: hourOf(noon).Add(20 * time.Minute), Use: Use{Account: "a1"}, Counts: Counts{Handed: 1}}}, got); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), path); err == nil {
		if err := Hand(dir, noon, Use{Account: "a1"}); err == nil {
			t.Error("written through a link")
		}
	}
}
