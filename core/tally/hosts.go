package tally

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/order"
)

// Hosts is the folder, in the state folder, with what the other hosts of a fleet tell: a
// file or two for each, which has its counts among others. It may be deleted at any time.
func Hosts(state string) string { return filepath.Join(state, "fleet", "use") }

func (f folder) hostsDir() string { return Hosts(f.state) }

// settled is how long ago a folder has changed of whose time something is known.
const settled = 2 * time.Second

// told is what matters here of such a file.
type told struct {
	Host string    `json:"host"`
	From time.Time `json:"from"` // rows before it are in the host's other file
	Past bool      `json:"past"`
	Rows []Row     `json:"rows"`
}

// others are the rows of the other hosts, valid until a file of the folder is replaced.
type others struct {
	read time.Time // the folder's time then
	all  []Row
}

// rows reads what has changed. What is no row of ours is left out.
func (o *others) rows(f folder, now time.Time) []Row {
	info, err := os.Stat(f.hostsDir())
	if err != nil {
		*o = others{}
		return nil
	}
	if !o.read.IsZero() && o.read.Equal(info.ModTime()) {
		return o.all
	}
	var files []told
	from := map[string]time.Time{}
	names, _ := os.ReadDir(f.hostsDir())
	for _, name := range names {
		var one told
		data, err := atomicfile.Read(filepath.Join(f.hostsDir(), name.Name()), maxFile)
		if !strings.HasSuffix(name.Name(), ".json") || err != nil || json.Unmarshal(data, &one) != nil || one.Host == "" {
			continue
		}
		if files = append(files, one); !one.Past {
			from[one.Host] = one.From
		}
	}
	*o = others{}
	if now.Sub(info.ModTime()).Abs() > settled { // else a file system may give the next change the same time
		o.read = info.ModTime()
	}
	for _, file := range files {
		o.add(file, from[file.Host])
	}
	order.By(o.all, func(a, b Row) int { return a.Slot.Compare(b.Slot) })
	return o.all
}

// add takes the rows of a file. Those of the past count up to where the newer file begins.
func (o *others) add(file told, from time.Time) {
	clean := names{}
	for _, row := range file.Rows[:min(len(file.Rows), mostRows)] {
		use := clean.clean(row.Use)
		slot := row.Slot.UTC()
		if use.Account == "" || row.Counts.IsZero() || !slot.Equal(slot.Truncate(SlotLength)) || file.Past && !from.IsZero() && !slot.Before(from) {
			continue
		}
		o.all = append(o.all, Row{Slot: slot, Use: use, Counts: row.Counts, Host: file.Host})
	}
}

// ByHour sums rows up by the hour, the oldest first.
func ByHour(rows []Row) (all []Row) {
	hours := map[time.Time]*hour{}
	var begins []time.Time
	for _, row := range rows {
		begin := hourOf(row.Slot)
		if hours[begin] == nil {
			hours[begin] = newHour(begin)
			begins = append(begins, begin)
		}
		hours[begin].add(cell{begin, row.Use}, row.Counts)
	}
	order.By(begins, time.Time.Compare)
	for _, begin := range begins {
		all = append(all, hours[begin].rows()...)
	}
	return all
}
