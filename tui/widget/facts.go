package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// Fact is a name and what is known under it.
type Fact struct{ Name, Value string }

// factName is how wide the names of facts are.
const factName = 12

// Facts sets facts in two columns where there is room, else in one. A value
// that is too long for a column gets lines of its own.
func (m *Common) Facts(facts []Fact, w, edge int) []string {
	in := &m.Theme.Plain
	room := min(w-2*edge, 88)
	const lead = factName + 2
	name := func(f Fact) string { return in.Muted.Render(cells.Left(f.Name, factName, "") + "  ") }
	cell := func(f Fact, w int) string {
		return name(f) + in.Fg.Render(f.Value) + cells.Blank(w-lead-cells.Width(f.Value))
	}
	var lines []string
	alone := func(f Fact) {
		for i, part := range strings.Split(ansi.Wrap(f.Value, max(w-edge-lead-1, 8), "/-"), "\n") {
			start := name(f)
			if i > 0 {
				start = cells.Blank(lead)
			}
			lines = append(lines, cells.Blank(edge)+start+in.Fg.Render(part))
		}
	}
	if room < 68 {
		for _, f := range facts {
			alone(f)
		}
		return lines
	}
	half := room / 2
	var long []Fact
	var short []Fact
	for _, f := range facts {
		if cells.Width(f.Value) > half-1-lead {
			long = append(long, f)
		} else {
			short = append(short, f)
		}
	}
	for i := 0; i < len(short); i += 2 {
		if i+1 == len(short) {
			alone(short[i])
			break
		}
		lines = append(lines, cells.Blank(edge)+cell(short[i], half-1)+" "+cell(short[i+1], room-half))
	}
	for _, f := range long {
		alone(f)
	}
	return lines
}
