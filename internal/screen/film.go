package screen

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// Film is a moving picture of a screen: an SVG that plays by itself, without a
// script, where it is shown as an image.
type Film struct {
	look  Look
	wide  int
	rows  int
	defs  []string
	names map[string]int // row to its place in defs
	reel  []frame
}

type frame struct {
	rows    []int // places in defs, -1 for an empty row
	caption string
	holds   time.Duration
}

// NewFilm begins a film in a look.
func NewFilm(look Look) *Film { return &Film{look: look, names: map[string]int{}} }

// Take adds what is on the screen now, shown for some time with a caption below
// it. A frame like the one before only makes that last longer.
func (f *Film) Take(s *Screen, caption string, holds time.Duration) {
	f.wide = s.columns()
	var rows []int
	for _, row := range s.draw(f.look) {
		at := -1
		if row != "" {
			known := false
			if at, known = f.names[row]; !known {
				at = len(f.defs)
				f.names[row] = at
				f.defs = append(f.defs, row)
			}
		}
		rows = append(rows, at)
	}
	f.rows = len(rows)
	if n := len(f.reel); n > 0 && fmt.Sprint(f.reel[n-1].rows, f.reel[n-1].caption) == fmt.Sprint(rows, caption) {
		f.reel[n-1].holds += holds
		return
	}
	f.reel = append(f.reel, frame{rows, caption, holds})
}

// Frames is how many frames there are.
func (f *Film) Frames() int { return len(f.reel) }

// Long is how long the film takes.
func (f *Film) Long() time.Duration {
	var long time.Duration
	for _, at := range f.reel {
		long += at.holds
	}
	return long
}

// SVG draws the film. Frames lie one above the other on a strip that jumps from
// one to the next; a row that occurs often is drawn once. Who asked for reduced
// motion, and a reader that cannot play it, sees the frame numbered poster.
func (f *Film) SVG(poster int) string {
	var b strings.Builder
	w, h := f.wide*cellWidth+2*border, (f.rows+1)*cellHeight+3*border
	open(&b, f.look, w, h)
	b.WriteString("<style>.s{transform:translateY(" + fmt.Sprint(-poster*h) + "px);")
	fmt.Fprintf(&b, "animation:p %.1fs step-end infinite}@keyframes p{", f.Long().Seconds())
	var at time.Duration
	for i, one := range f.reel {
		fmt.Fprintf(&b, "%.3f%%{transform:translateY(%dpx)}", 100*at.Seconds()/f.Long().Seconds(), -i*h)
		at += one.holds
	}
	b.WriteString("}@media (prefers-reduced-motion:reduce){.s{animation:none}}</style>\n<defs>\n")
	for i, row := range f.defs {
		fmt.Fprintf(&b, `<g id="r%d">%s</g>`+"\n", i, row)
	}
	fmt.Fprintf(&b, `<clipPath id="c"><rect width="%d" height="%d"/></clipPath></defs>`+"\n"+`<g clip-path="url(#c)"><g class="s">`+"\n", w, h)
	for i, one := range f.reel {
		for y, row := range one.rows {
			if row >= 0 {
				fmt.Fprintf(&b, `<use href="#r%d" x="%d" y="%d"/>`, row, border, i*h+border+y*cellHeight)
			}
		}
		f.caption(&b, one.caption, i*h+2*border+f.rows*cellHeight)
	}
	b.WriteString("</g></g>\n</svg>\n")
	return b.String()
}

func (f *Film) caption(b *strings.Builder, text string, y int) {
	fmt.Fprintf(b, `<path d="M0 %dh%d" stroke="%s"/>`, y-border/2, f.wide*cellWidth+2*border, f.look.Frame)
	if text != "" {
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="%s">%s</text>`, border+2*cellWidth, y+15, f.look.Foreground, html.EscapeString(text))
	}
	b.WriteByte('\n')
}
