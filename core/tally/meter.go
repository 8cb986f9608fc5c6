package tally

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/order"
	"github.com/hermes-tui/hermes-tui/internal/paced"
)

const (
	writeEvery = time.Second    // at most
	writeTime  = time.Second    // for which other writers are waited for
	mostHours  = 24             // that wait for a disk which takes none
	keepRead   = 26 * time.Hour // a day that begins within an hour, and what a page looks back further
)

// Meter counts what is served in one state folder. It is safe for concurrent use.
type Meter struct {
	folder folder
	clock  clock.Clock
	writes *paced.Work

	turn   sync.Mutex         // held while the files are written, and while they are read beside pending
	have   map[time.Time]have // the hours of a day, as they were read last
	others others             // what other hosts have counted, as it was read last

	mu      sync.Mutex
	pending map[time.Time]*hour // not yet written
	names   names
}

// have is what stood in the files of an hour when they were those.
type have struct {
	files versionOf
	rows  []Row
}

// NewMeter returns the meter of the state folder dir. Nothing is read or made yet.
func NewMeter(dir string, c clock.Clock) *Meter {
	m := &Meter{folder: folder{dir}, clock: c, have: map[time.Time]have{}, pending: map[time.Time]*hour{}, names: names{}}
	m.writes = paced.New(writeEvery, m.flush)
	return m
}

// Note counts, in the slot of now. It is written at once, or within a second of
// the write before, or by Close.
func (m *Meter) Note(u Use, n Counts) {
	if n.IsZero() {
		return
	}
	slot := m.clock.Now().UTC().Truncate(SlotLength)
	m.mu.Lock()
	m.hour(hourOf(slot)).add(cell{slot, m.names.clean(u)}, n)
	m.mu.Unlock()
	m.writes.Soon()
}

// hour is what waits of an hour. The caller holds m.mu.
func (m *Meter) hour(begin time.Time) *hour {
	h := m.pending[begin]
	if h == nil {
		h = newHour(begin)
		m.pending[begin] = h
	}
	if len(m.pending) > mostHours {
		oldest := begin
		for other := range m.pending {
			if other.Before(oldest) {
				oldest = other
			}
		}
		delete(m.pending, oldest)
	}
	return h
}

// Read returns what all processes have counted in the slots from since on, up to
// now and not before [Keep], oldest first.
func (m *Meter) Read(since time.Time) (all []Row) {
	m.turn.Lock() // so that nothing is in neither, or in both
	defer m.turn.Unlock()
	now := m.clock.Now()
	if first := now.Add(-Keep); since.Before(first) {
		since = first
	}
	hours := m.folder.hours()
	m.mu.Lock()
	for begin := range m.pending {
		hours = append(hours, begin)
	}
	m.mu.Unlock()
	order.By(hours, time.Time.Compare)
	for _, begin := range slices.CompactFunc(hours, time.Time.Equal) {
		if begin.Before(hourOf(since)) || begin.After(now) {
			continue
		}
		all = append(all, m.with(begin, m.written(begin, now))...)
	}
	return slices.DeleteFunc(append(all, m.others.rows(m.folder, now)...), func(r Row) bool { return !r.Since(since) || r.Slot.After(now) })
}

// Own is what [Meter.Read] returns of this host alone.
func (m *Meter) Own(since time.Time) []Row {
	return slices.DeleteFunc(m.Read(since), func(r Row) bool { return r.Host != "" })
}

// written is what stands in the files of an hour. Those of a day are read again only
// when they have changed. The caller holds m.turn.
func (m *Meter) written(begin, now time.Time) []Row {
	files := m.folder.look(begin)
	if files.none() {
		return nil
	}
	if last, ok := m.have[begin]; ok && last.files.equal(files) {
		return last.rows
	}
	h, _ := m.folder.read(begin)
	m.folder.handed(h)
	rows := h.rows()
	maps.DeleteFunc(m.have, func(other time.Time, _ have) bool { return now.Sub(other) > keepRead })
	if now.Sub(begin) <= keepRead {
		m.have[begin] = have{files, rows}
	}
	return rows
}

// with is the rows of an hour together with what waits of it.
func (m *Meter) with(begin time.Time, rows []Row) []Row {
	m.mu.Lock()
	defer m.mu.Unlock()
	more := m.pending[begin]
	if more == nil {
		return rows
	}
	h := newHour(begin)
	for _, row := range rows {
		h.add(cell{row.Slot, row.Use}, row.Counts)
	}
	h.addAll(more)
	return h.rows()
}

// Close writes what is not written yet.
func (m *Meter) Close() { m.writes.Close() }

// flush writes what is pending. What cannot be written now is kept for the next
// time.
func (m *Meter) flush() {
	m.turn.Lock()
	defer m.turn.Unlock()
	m.mu.Lock()
	more := m.pending
	m.pending = map[time.Time]*hour{}
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	for begin, h := range more {
		if m.folder.add(ctx, h) == nil {
			continue
		}
		m.mu.Lock()
		m.hour(begin).addAll(h)
		m.mu.Unlock()
		m.writes.Soon()
	}
}
