package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
)

const (
	width    = 1180
	left     = 20
	boxHigh  = 30
	levelGap = 34
	floorGap = 46
	letter   = 8.4 // width of a letter at 14 px
	spacing  = 14
)

const style = `<style>
  :root { --fg: #1B1E27; --muted: #5B6172; --line: #9AA1B2; --floor: #F3F4F8; --box: #FFFFFF; --paper: #FFFFFF; }
  @media (prefers-color-scheme: dark) { :root { --fg: #E6E8EE; --muted: #A3A9B8; --line: #626A80; --floor: #1E212A; --box: #2A2E3A; --paper: #16181F; } }
  text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 14px; fill: var(--fg); }
  .m { fill: var(--muted); font-size: 13px; } .paper { fill: var(--paper); } .floor { fill: var(--floor); }
  .box { fill: var(--box); stroke: var(--line); } .a { fill: none; stroke: var(--line); stroke-width: 1.2; } .tip { fill: var(--line); }
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>
`

// spot is where a room stands: the middle of its upper edge, and its width.
type spot struct{ x, y, wide float64 }

// draw returns the picture, as SVG.
func draw(house map[string]*room) []byte {
	links := arrows(house)
	at, bands, high := place(house, links)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" width="%d" height="%.0f" role="img" aria-labelledby="title desc">
<title id="title">The rooms of the house</title>
<desc id="desc">%d packages on %d floors; each uses only what stands below it.</desc>
%s<rect class="paper" width="%d" height="%.0f"/>
`, width, high, width, high, len(house), len(floors), style, width, high)
	for i, band := range bands {
		fmt.Fprintf(&b, "<rect class=\"floor\" x=\"8\" y=\"%.0f\" width=\"%d\" height=\"%.0f\" rx=\"8\"/><text class=\"m\" x=\"%d\" y=\"%.0f\">%s</text>\n",
			band[0], width-16, band[1]-band[0], left, band[0]+18, floors[i].name)
	}
	for _, link := range links {
		from, to := at[link[0]], at[link[1]]
		y := from.y + boxHigh
		bend := (to.y - y) / 2
		fmt.Fprintf(&b, "<path class=\"a\" marker-end=\"url(#tip)\" d=\"M%.0f %.0f C%.0f %.0f %.0f %.0f %.0f %.0f\"/>\n",
			from.x, y, from.x, y+bend, to.x, to.y-bend, to.x, to.y)
	}
	for _, name := range slices.Sorted(maps.Keys(at)) {
		s := at[name]
		fmt.Fprintf(&b, "<rect class=\"box\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%d\" rx=\"6\"/><text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>\n",
			s.x-s.wide/2, s.y, s.wide, boxHigh, s.x, s.y+20, name)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// place gives each room its spot, each floor its band from and to, and says how
// high the picture is. Within a row, rooms stand near those that use them.
func place(house map[string]*room, links [][2]string) (at map[string]spot, bands [][2]float64, high float64) {
	at = map[string]spot{}
	y := 8.0
	for floor := range floors {
		top := y
		y += 30
		levels := map[int][]*room{}
		for _, name := range slices.Sorted(maps.Keys(house)) {
			if r := house[name]; r.floor == floor {
				levels[r.level] = append(levels[r.level], r)
			}
		}
		for _, l := range slices.Backward(slices.Sorted(maps.Keys(levels))) {
			y = row(levels[l], y, at, links) + levelGap
		}
		y += 12 - levelGap
		bands = append(bands, [2]float64{top, y})
		y += floorGap
	}
	return at, bands, y - floorGap + 8
}

// row places rooms side by side, in as many lines as they need, and returns
// where the last one ends.
func row(rooms []*room, y float64, at map[string]spot, links [][2]string) float64 {
	pull := map[string]float64{}
	for _, r := range rooms {
		sum, n := 0.0, 0.0
		for _, link := range links {
			if user, ok := at[link[0]]; ok && link[1] == r.name {
				sum, n = sum+user.x, n+1
			}
		}
		pull[r.name] = width / 2
		if n > 0 {
			pull[r.name] = sum / n
		}
	}
	slices.SortStableFunc(rooms, func(a, b *room) int { return cmp.Compare(pull[a.name], pull[b.name]) })
	wide := func(r *room) float64 { return float64(len(r.name))*letter + 20 }
	for len(rooms) > 0 {
		n, total := 0, 0.0
		for n < len(rooms) && total+wide(rooms[n]) < width-2*left {
			total += wide(rooms[n]) + spacing
			n++
		}
		gap := (width - 2*left - (total - float64(n)*spacing)) / float64(n+1)
		x := left + gap
		for _, r := range rooms[:n] {
			at[r.name] = spot{x: x + wide(r)/2, y: y, wide: wide(r)}
			x += wide(r) + gap
		}
		if rooms = rooms[n:]; len(rooms) > 0 {
			y += boxHigh + spacing
		}
	}
	return y + boxHigh
}
