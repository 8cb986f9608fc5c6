package tally

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/leaktest"
)

var (
	noon = time.Date(2026, 5, 20, 12, 7, 31, 0, time.UTC)
	work = Use{Account: "a1", Program: "claude-cli", Model: "MiniMax-M2.7"}
	once = Counts{Requests: 1, Input: 120, CacheRead: 30, Output: 40, Reasoning: 10}
)

func path(dir string, name string) string { return filepath.Join(dir, Folder, name) }

func TestMeter_EachProcessAddsItsOwn(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(noon)
	var all sync.WaitGroup
	for range 4 {
		m := NewMeter(dir, c)
		all.Go(func() {
			for i := range 100 {
				m.Note(work, once)
				m.Note(Use{"a2", "codex", fmt.Sprint("gpt-", i%3)}, Counts{Refused: 1})
				if i%25 == 0 {
					m.Read(noon)
				}
			}
			m.Close()
		})
	}
	all.Wait()
	rows := NewMeter(dir, c).Read(noon.Add(-time.Hour))
	if len(rows) != 4 || rows[0] != (Row{Slot: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC), Use: work, Counts: Counts{Requests: 400, Input: 48000, CacheRead: 12000, Output: 16000, Reasoning: 4000}}) {
		t.Fatalf("%+v", rows)
	}
	if sum := Sum(rows); sum.Refused != 400 || sum.Tokens() != 76000 {
		t.Errorf("%+v", sum)
	}
}

// What this process has counted is there at once, once, written or not.
func TestMeter_ReadsWhatIsNotWritten(t *testing.T) {
	t.Parallel()
	m := NewMeter(t.TempDir(), clock.NewFake(noon))
	defer m.Close()
	for i := range 300 {
		m.Note(work, Counts{Requests: 1})
		if got := Sum(m.Read(noon)).Requests; got != uint64(i+1) {
			t.Fatalf("%d of %d are there", got, i+1)
		}
	}
}

func TestMeter_Slots(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(noon)
	m := NewMeter(dir, c)
	for range 8 { // 12:07, 12:19, … 13:31
		m.Note(work, Counts{Requests: 1})
		c.Advance(12 * time.Minute)
	}
	m.Close()
	for name, since := range map[string]struct {
		at   time.Time
		want []string
	}{
		"all":                     {noon.Add(-24 * time.Hour), []string{"12:00 2", "12:20 1", "12:40 2", "13:00 2", "13:20 1"}},
		"from within a slot":      {noon.Add(40 * time.Minute), []string{"12:40 2", "13:00 2", "13:20 1"}},
		"from where a slot ends":  {noon.Truncate(time.Hour).Add(time.Hour), []string{"13:00 2", "13:20 1"}},
		"what is still to be":     {noon.Add(5 * time.Hour), nil},
		"from before there was a": {time.Time{}, []string{"12:00 2", "12:20 1", "12:40 2", "13:00 2", "13:20 1"}},
	} {
		var got []string
		for _, row := range m.Read(since.at) {
			got = append(got, fmt.Sprint(row.Slot.Format("15:04 "), row.Requests))
		}
		if fmt.Sprint(got) != fmt.Sprint(since.want) {
			t.Errorf("%s: %v, want %v", name, got, since.want)
		}
	}
	for _, file := range []string{"2026-05-20T12.json", "2026-05-20T13.json"} {
		if info, err := os.Stat(path(dir, file)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
}

// A clock that was ahead for a while leaves numbers of a time to come: they are not
// shown, and not deleted.
func TestMeter_TheFutureIsNotShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ahead := NewMeter(dir, clock.NewFake(noon.AddDate(1, 0, 0)))
	ahead.Note(work, once)
	ahead.Close()
	m := NewMeter(dir, clock.NewFake(noon))
	m.Note(work, once)
	m.Close()
	if rows := m.Read(time.Time{}); len(rows) != 1 || rows[0].Counts != once {
		t.Errorf("%+v", rows)
	}
	if rows := ahead.Read(time.Time{}); len(rows) != 1 || rows[0].Slot.Year() != 2027 {
		t.Errorf("once it is as late: %+v", rows)
	}
}

func TestMeter_KeepsAMonth(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(noon)
	for range 36 {
		m := NewMeter(dir, c)
		m.Note(work, Counts{Requests: 1})
		m.Close()
		c.Advance(24 * time.Hour)
	}
	if err := os.WriteFile(path(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if rows := NewMeter(dir, c).Read(time.Time{}); len(rows) != 31 { // today nothing was counted yet
		t.Errorf("%d days are told", len(rows))
	}
	names, err := os.ReadDir(filepath.Join(dir, Folder))
	if err != nil || len(names) != 32+1 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	if first := names[0].Name(); first != "2026-05-24T12.json" {
		t.Errorf("the oldest is %s", first)
	}
}

func TestMeter_WhatStandsInItsPlace(t *testing.T) {
	t.Parallel()
	const name = "2026-05-20T12.json"
	fine := `{"version":1,"rows":[{"slot":"2026-05-20T12:00:00Z","account":"a1","program":"p","model":"m","requests":7}]}`
	for what, c := range map[string]struct {
		file string
		want uint64 // requests after one more
		kept bool   // the file is as it was
	}{
		"nothing":                  {"", 1, false},
		"what another has counted": {fine, 8, false},
		"half of it":               {fine[:60], 1, false},
		"no object":                {"[1,2]", 1, false},
		"no version":               {strings.Replace(fine, `"version":1,`, "", 1), 1, false},
		"a newer version's":        {`{"version":2,"rows":{"other":"shape"}}`, 0, true},
		"a negative number":        {strings.Replace(fine, `:7`, `:-7`, 1), 1, false},
		"no number":                {strings.Replace(fine, `:7`, `:NaN`, 1), 1, false},
		"another hour":             {strings.Replace(fine, `T12:00`, `T13:00`, 1), 1, false},
		"no slot":                  {strings.Replace(fine, `T12:00`, `T12:07`, 1), 1, false},
		"of nobody":                {strings.Replace(fine, `"a1"`, `""`, 1), 1, false},
		"more than there can be":   {strings.Replace(fine, `:7`, `:18446744073709551615`, 1), maxCount, false},
		"twice the same":           {strings.Replace(fine, `]}`, `,{"slot":"2026-05-20T14:00:00+02:00","account":"a1","program":"p","model":"m","requests":5}]}`, 1), 13, false},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, Folder), 0o700); err != nil {
				t.Fatal(err)
			}
			if c.file != "" {
				if err := os.WriteFile(path(dir, name), []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m := NewMeter(dir, clock.NewFake(noon))
			m.Note(Use{"a1", "p", "m"}, Counts{Requests: 1})
			m.Close()
			if got := Sum(m.Read(noon)).Requests; got != c.want {
				t.Errorf("%d requests, want %d", got, c.want)
			}
			if data, err := os.ReadFile(path(dir, name)); err != nil || c.kept != (string(data) == c.file) {
				t.Errorf("it is %q, %v", data, err)
			}
		})
	}
}

// A disk that takes nothing for a while costs nothing but time.
func TestMeter_WritesLaterWhatCannotBeWrittenNow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, Folder), nil, 0o600); err != nil { // where the folder belongs
		t.Fatal(err)
	}
	m := NewMeter(dir, clock.NewFake(noon))
	m.Note(work, once)
	m.flush()
	m.Note(work, once)
	if sum := Sum(m.Read(noon)); sum != once.Plus(once) {
		t.Fatalf("%+v", sum)
	}
	if err := os.Remove(filepath.Join(dir, Folder)); err != nil {
		t.Fatal(err)
	}
	m.Close()
	if sum := Sum(NewMeter(dir, clock.NewFake(noon)).Read(noon)); sum != once.Plus(once) {
		t.Errorf("%+v", sum)
	}
}

// Names come from programs: as many as there may be, they fill no disk, and none
// carries a secret or moves the terminal.
func TestMeter_NamesFromOutside(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(noon)
	m := NewMeter(dir, c)
	for i := range 500 {
		m.Note(Use{"a1", "p", fmt.Sprint("model-", i)}, Counts{Requests: 1})
		m.Note(Use{"a1", fmt.Sprint("program-", i), "m"}, Counts{Requests: 1})
	}
	secrets := leaktest.Tokens(5)
	for _, token := range secrets {
		m.Note(Use{"a2", token, token}, Counts{Requests: 1})
	}
	m.Note(Use{"a2", "\x1b[31mred\n", strings.Repeat("m ", 500)}, Counts{Requests: 1})
	m.Close()
	rows := m.Read(noon)
	if len(rows) > 2*mostNames+10 || Sum(rows).Requests != uint64(1000+len(secrets)+1) {
		t.Errorf("%d rows with %d requests", len(rows), Sum(rows).Requests)
	}
	data, err := os.ReadFile(path(dir, "2026-05-20T12.json"))
	if err != nil || len(data) > 64<<10 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	for _, token := range secrets {
		if part := leaktest.Left(string(data), token); len(part) >= 12 {
			t.Errorf("%q is left of a token", part)
		}
	}
	for _, row := range rows {
		if strings.ContainsAny(row.Program+row.Model, "\x1b\n") || len([]rune(row.Model)) > maxName {
			t.Errorf("%+v", row)
		}
	}
}

func TestHour_RowsAreBounded(t *testing.T) {
	h, n := newHour(hourOf(noon)), 0
	for account := range 8 {
		for program := range mostNames {
			for model := range mostNames {
				h.add(cell{h.begin, Use{fmt.Sprint(account), fmt.Sprint(program), fmt.Sprint(model)}}, once)
				n++
			}
		}
	}
	if rows := len(h.counts); rows > mostRows+8 {
		t.Errorf("%d rows", rows)
	}
	if sum := Sum(h.rows()); sum.Requests != uint64(n) {
		t.Errorf("%d of %d requests", sum.Requests, n)
	}
}

// What was read before is read again when another process has added to it, and only
// then.
func TestMeter_ReadsWhatHasChanged(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(noon)
	m := NewMeter(dir, c)
	for i := range 30 {
		if i%3 == 0 {
			other := NewMeter(dir, c)
			other.Note(work, Counts{Requests: 1})
			other.Close()
		}
		for range 2 {
			if got := Sum(m.Read(noon)).Requests; got != uint64(i/3+1) {
				t.Fatalf("%d of %d", got, i/3+1)
			}
		}
		c.Advance(time.Hour)
	}
	if n := len(m.have); n > 9 {
		t.Errorf("%d hours are kept of a day in which nine were counted", n)
	}
}
