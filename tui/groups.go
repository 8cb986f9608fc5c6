package tui

import (
	"sort"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// group is the accounts of one pool in the list: they stand below its heading.
type group struct {
	pool pool.ID
	row  int // its first
}

// listing is the list as it stands in a window: its lines are rows, and the headings
// of pools among them.
type listing struct {
	*accountsPage
	win *window
}

func (p *accountsPage) in(win *window) listing { return listing{p, win} }

// groupsOf finds where the pools begin in the list; none where there is one pool only,
// or the list is sorted in another way.
func (p listing) groupsOf() []group {
	if p.sort != byPool {
		return nil
	}
	var all []group
	for row, i := range p.order {
		if id := p.win.all[i].Pool(); len(all) == 0 || all[len(all)-1].pool != id {
			all = append(all, group{id, row})
		}
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// headings are the groups that have a line of their own, for which a low window has no
// room.
func (p listing) headings() []group {
	if p.win.Low() {
		return nil
	}
	return p.groups
}

// lines is how many lines the list has, with its headings.
func (p listing) lines() int { return len(p.order) + len(p.headings()) }

// lineOf is the line of a row.
func (p listing) lineOf(row int) int {
	heads := p.headings()
	return row + sort.Search(len(heads), func(i int) bool { return heads[i].row > row })
}

// rowAt is the row on a line; where a heading stands there, that is told instead.
func (p listing) rowAt(line int) (row int, head *group) {
	heads := p.headings()
	n := sort.Search(len(heads), func(i int) bool { return heads[i].row+i > line })
	if n > 0 && heads[n-1].row+n-1 == line {
		return heads[n-1].row, &heads[n-1]
	}
	return line - n, nil
}

// byRank compares accounts by the places of their pools, which is that of the first
// account of each; nil where there are not several.
func (k *known) byRank() func(i, j int) int {
	rank := make(map[pool.ID]int, len(k.places.pools))
	for i := range k.all {
		if id := k.all[i].Pool(); len(rank) == 0 || k.all[i-1].Pool() != id {
			if _, known := rank[id]; !known {
				rank[id] = len(rank)
			}
		}
	}
	if len(rank) < 2 {
		return nil
	}
	return byKey(k.all, func(a *core.Account) int { return rank[a.Pool()] })
}

// standings are what the heading of a pool says beside its name.
type standings struct {
	name    string
	words   []string // how it spreads requests, and who serves next
	members int
	serving int
}

// standingsOf counts a pool.
func standingsOf(of core.Pool) standings {
	s := standings{name: cells.Clean(of.Name), words: []string{of.Strategy.Words()}, members: len(of.Members)}
	next := ""
	for _, member := range of.Members {
		if member.Reason == "" {
			s.serving++
		}
		if member.Next && next == "" {
			next = cells.Clean(member.Label)
		}
	}
	switch {
	case next == "":
		s.words = append(s.words, "nobody serves")
	case of.Strategy == pool.Random:
		s.words = append(s.words, "any serves next")
	default:
		s.words = append(s.words, "next "+next)
	}
	return s
}

// heading is the line above the accounts of a pool: how it serves, and at its right end
// how many of them do, and what is left of their plans.
func (p listing) heading(of *group, w int) string {
	s, known := p.win.places.standings[of.pool]
	if !known { // only sign-ins under way
		s.name = cells.Clean(p.win.all[p.order[of.row]].ProviderName)
	}
	sep := " " + p.win.Glyphs.Dot + " "
	left, right := s.name, ""
	if known {
		left += sep + strings.Join(s.words, sep)
		right = say.Thousands(uint64(s.serving)) + " of " + say.Thousands(uint64(s.members)) + " serve"
	}
	if sum := planSumWords(p.win.places.sums[of.pool], w-3-cells.Width(left)-cells.Width(right)-2-cells.Width(sep)); sum != "" {
		right = sum + sep + right
	}
	left = cells.Cut(left, w-3-cells.Width(right)-2, p.win.Glyphs.More)
	return "  " + p.win.Theme.Plain.Muted.Render(left+cells.Blank(w-3-cells.Width(left)-cells.Width(right))+right)
}
