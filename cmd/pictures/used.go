package main

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// used is what programs have used of the accounts in a day: on the page of its own,
// and in the details.
func used(s *stage) error {
	if err := cast(s); err != nil {
		return err
	}
	if err := s.count(); err != nil {
		return err
	}
	w, err := s.dark()
	if err != nil {
		return err
	}
	w.sees("old-laptop")
	w.press(home, "t")
	w.sees("LAST HOUR")
	w.picture("top")
	w.press(esc, enter)
	w.sees("used by")
	w.picture("details-used")
	return w.close()
}

// count makes up a day of work: what a proxy counts that these programs go through.
func (s *stage) count() error {
	ids, err := s.ids()
	if err != nil {
		return err
	}
	now := time.Now()
	for slot := range 72 {
		ago := time.Duration(71-slot) * tally.SlotLength
		meter := tally.NewMeter(filepath.Join(s.home, ".local/state/hermes-tui"), clock.NewFake(now.Add(-ago)))
		for i, use := range []struct {
			label, program string
			every, most    int
		}{
			{"work", "claude-cli", 1, 46}, {"work", "hermes-agent", 5, 9}, {"personal", "claude-cli", 3, 31},
			{"batch-jobs", "nightly", 2, 80}, {"shanghai", "qwen-code", 7, 22},
		} {
			night := slot > 26 && slot < 50
			if slot%use.every != 0 || night != (use.program == "nightly") {
				continue
			}
			n := uint64(1 + (slot*7+slot*slot*3+i*5)%use.most)
			counts := tally.Counts{Requests: n, Input: 900 * n, CacheRead: 5200 * n, Output: 310 * n}
			if n%11 == 0 {
				counts.Refused = 1 + n/22
			}
			meter.Note(tally.Use{Account: ids[use.label], Program: use.program, Model: "MiniMax-M2"}, counts)
		}
		meter.Close()
	}
	return nil
}

// ids are the accounts' by their labels.
func (s *stage) ids() (map[string]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.program, "list", "--json")
	cmd.Env, cmd.Dir = s.env, s.home
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var list []struct{ ID, Label string }
	if err := json.Unmarshal(out, &list); err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, a := range list {
		ids[a.Label] = a.ID
	}
	return ids, nil
}
