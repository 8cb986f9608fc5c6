package tally

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/order"
)

// Other stands for the programs and models of an hour that are too many.
const Other = "other"

// Bounds of what one hour holds. Names are chosen by programs.
const (
	maxName   = 80  // characters
	mostNames = 64  // programs, and models
	mostRows  = 1e4 // beyond, only Other has further rows
)

// version of the file.
const version = 1

// cell is whose counts a row has, and when.
type cell struct {
	slot time.Time
	use  Use
}

// hour is what was counted in one hour.
type hour struct {
	begin            time.Time
	counts           map[cell]Counts
	programs, models map[string]bool
}

func newHour(begin time.Time) *hour {
	return &hour{begin: begin, counts: map[cell]Counts{}, programs: map[string]bool{Other: true}, models: map[string]bool{Other: true}}
}

// hourOf is the beginning of the hour in which t is.
func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }

// add counts more. Names that are new in an hour which has as many as it takes go
// under [Other].
func (h *hour) add(at cell, more Counts) {
	if have, ok := h.counts[at]; ok {
		h.counts[at] = have.Plus(more)
		return
	}
	at.use.Program = admit(h.programs, at.use.Program)
	at.use.Model = admit(h.models, at.use.Model)
	if _, ok := h.counts[at]; !ok && len(h.counts) >= mostRows {
		at.use.Program, at.use.Model = Other, Other
	}
	h.counts[at] = h.counts[at].Plus(more)
}

// admit returns the name under which a name is counted.
func admit(have map[string]bool, name string) string {
	if name == "" || have[name] {
		return name
	}
	if len(have) > mostNames { // Other is one of them
		return Other
	}
	have[name] = true
	return name
}

// addAll counts what another hour has.
func (h *hour) addAll(more *hour) {
	for at, counts := range more.counts {
		h.add(at, counts)
	}
}

// rows are the counts in the order of time and names.
func (h *hour) rows() []Row {
	all := make([]Row, 0, len(h.counts))
	for at, counts := range h.counts {
		all = append(all, Row{Slot: at.slot, Use: at.use, Counts: counts})
	}
	order.By(all, func(a, b Row) int {
		return cmp.Or(a.Slot.Compare(b.Slot), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Model, b.Model))
	})
	return all
}

// file is how an hour is written.
type file struct {
	Version int   `json:"version"`
	Rows    []Row `json:"rows"`
}

func (h *hour) encode() ([]byte, error) { return json.Marshal(file{version, h.rows()}) }

// decode reads the file of an hour: what is damaged is empty, and so is what does
// not belong there. newer says that a later version of this program wrote it.
func decode(begin time.Time, data []byte) (h *hour, newer bool) {
	h = newHour(begin)
	var head struct{ Version int }
	if json.Unmarshal(data, &head) == nil && head.Version > version {
		return h, true
	}
	var f file
	if json.Unmarshal(data, &f) != nil || f.Version != version {
		return h, false
	}
	names := names{}
	for _, row := range f.Rows {
		slot := row.Slot.UTC()
		if use := names.clean(row.Use); use.Account != "" && slot.Equal(slot.Truncate(SlotLength)) && hourOf(slot).Equal(begin) && !row.Counts.IsZero() {
			h.add(cell{slot, use}, row.Counts)
		}
	}
	return h, false
}

// names are those that were cleaned already: that takes longer than to count.
type names map[Use]Use

// mostCleaned bounds them.
const mostCleaned = 256

// clean returns names as they may be kept and shown: of no control character and of
// no token.
func (n names) clean(u Use) Use {
	clean, ok := n[u]
	if !ok {
		if len(n) >= mostCleaned {
			clear(n)
		}
		clean = Use{secret.Clean(u.Account, maxName), secret.Words(u.Program, maxName), secret.Words(u.Model, maxName)}
		n[u] = clean
	}
	return clean
}
