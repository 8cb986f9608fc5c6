package screen

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// Size of a cell in a picture, and the room around the cells.
const cellWidth, cellHeight, fontSize, border = 9, 20, 15, 14

// Look is how a terminal draws what a program leaves to it: "#rrggbb" each.
type Look struct{ Foreground, Background, Frame string }

// The looks of a dark and a light terminal. The frame keeps the picture apart
// from a page of the same colour.
var (
	Dark  = Look{"#d8dae2", "#16181d", "#4a5166"}
	Light = Look{"#24262c", "#ffffff", "#b9bfcc"}
)

// SVG draws the screen as a picture.
func (s *Screen) SVG(look Look) string {
	var b strings.Builder
	rows := s.draw(look)
	open(&b, look, s.columns()*cellWidth+2*border, len(rows)*cellHeight+2*border)
	for y, row := range rows {
		if row != "" {
			fmt.Fprintf(&b, `<g transform="translate(%d %d)">%s</g>`+"\n", border, border+y*cellHeight, row)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// open begins a picture. Every run of text says how long it is, so that columns
// meet in whatever font the reader has.
func open(b *strings.Builder, look Look, w, h int) {
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace" font-size="%d">`+"\n", w, h, w, h, fontSize)
	fmt.Fprintf(b, `<rect x=".5" y=".5" width="%d" height="%d" rx="8" fill="%s" stroke="%s"/>`+"\n", w-1, h-1, look.Background, look.Frame)
}

func (s *Screen) columns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.vt.Width()
}

// draw returns the rows of the screen as pieces of a picture, each beginning at
// the origin; a row with nothing on it is empty.
func (s *Screen) draw(look Look) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([]string, s.vt.Height())
	for y := range rows {
		p := pen{look: look}
		s.row(y, func(x int, c *uv.Cell) { p.cell(x, c) })
		p.end()
		rows[y] = p.b.String()
	}
	// A cursor in a text is drawn; one that stands on a mark of its own is not.
	if at := s.vt.CursorPosition(); !s.vt.CursorHidden() && at.Y < len(rows) && content(s.vt.CellAt(at.X, at.Y)) == " " {
		rows[at.Y] += fmt.Sprintf(`<path d="M%d 2h2v%dh-2z" fill="%s"/>`, at.X*cellWidth, cellHeight-4, look.Foreground)
	}
	return rows
}

// pen draws the cells of a row from left to right, those that look alike in one
// stroke.
type pen struct {
	look Look
	b    strings.Builder

	ink         ink
	text        string // of the stroke under way
	from, cells int

	ground         string // background under way
	groundFrom, at int
}

// ink is how a cell is drawn.
type ink struct {
	color           string
	bold, underline bool
	block           bool // drawn as a shape, as terminals do, whatever the font
}

func (p *pen) cell(x int, c *uv.Cell) {
	text, cells := content(c), 1
	fg, bg := "", ""
	k := ink{block: shape(text) != ""}
	if c != nil {
		cells = max(c.Width, 1)
		fg, bg = hex(c.Style.Fg), hex(c.Style.Bg)
		if fg == "" {
			fg = p.look.Foreground
		}
		if bg == "" {
			bg = p.look.Background
		}
		if c.Style.Attrs&uv.AttrReverse != 0 {
			fg, bg = bg, fg
		}
		k.color, k.bold, k.underline = fg, c.Style.Attrs&uv.AttrBold != 0, c.Style.Underline != uv.UnderlineNone
	}
	if bg != p.ground {
		p.fill(x)
		p.ground, p.groundFrom = bg, x
	}
	p.at = x + cells
	plain := len(text) == 1 && cells == 1
	same := k == p.ink && p.text != "" && (plain && !k.block && isPlain(p.text) || k.block && strings.HasSuffix(p.text, text))
	if same && (text != " " || k.underline || !strings.HasSuffix(p.text, " ")) {
		p.text += text
		p.cells += cells
		return
	}
	p.stroke()
	if text == " " && !k.underline {
		return
	}
	p.ink, p.text, p.from, p.cells = k, text, x, cells
}

func isPlain(s string) bool { return len(s) > 0 && s[len(s)-1] < 0x80 }

// end finishes what is under way.
func (p *pen) end() {
	p.stroke()
	p.fill(p.at)
}

// fill draws the background up to column x.
func (p *pen) fill(x int) {
	if p.ground == "" || p.ground == p.look.Background || x == p.groundFrom {
		return
	}
	ground := fmt.Sprintf(`<path d="M%d 0h%dv%dh-%dz" fill="%s" shape-rendering="crispEdges"/>`,
		p.groundFrom*cellWidth, (x-p.groundFrom)*cellWidth, cellHeight, (x-p.groundFrom)*cellWidth, p.ground)
	drawn := p.b.String() // lies above it
	p.b.Reset()
	p.b.WriteString(ground + drawn)
}

// stroke draws the cells that look alike.
func (p *pen) stroke() {
	text := p.text
	p.text = ""
	if text == "" {
		return
	}
	left, wide := p.from*cellWidth, p.cells*cellWidth
	if p.ink.underline {
		fmt.Fprintf(&p.b, `<path d="M%d %dh%dv1h-%dz" fill="%s"/>`, left, cellHeight-3, wide, wide, p.ink.color)
	}
	if p.ink.block {
		first := string([]rune(text)[:1])
		fmt.Fprintf(&p.b, `<path d="%s" fill="%s" shape-rendering="crispEdges"/>`, outline(shape(first), left, p.cells), p.ink.color)
		return
	}
	weight := ""
	if p.ink.bold {
		weight = ` font-weight="bold"`
	}
	if !isPlain(text) { // a symbol may be wider than a cell in some fonts
		fmt.Fprintf(&p.b, `<text x="%g" y="15" text-anchor="middle" fill="%s"%s>%s</text>`, float64(left)+float64(wide)/2, p.ink.color, weight, html.EscapeString(text))
		return
	}
	text = strings.TrimRight(text, " ")
	fmt.Fprintf(&p.b, `<text x="%d" y="15" textLength="%d" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`,
		left, len(text)*cellWidth, p.ink.color, weight, html.EscapeString(text))
}

// shape is what a character that must fill its cell exactly consists of: boxes
// of "x y width height", empty for a character of the font.
func shape(s string) string {
	switch s {
	case "█":
		return "0 0 9 20"
	case "▀":
		return "0 0 9 10"
	case "▄":
		return "0 10 9 10"
	case "▌":
		return "0 0 3 20"
	case "━":
		return "0 9 9 3"
	case "─":
		return "0 10 9 1"
	case "│":
		return "4 0 1 20"
	case "├":
		return "4 3 1 15,4 9 5 3"
	case "┤":
		return "4 3 1 15,0 9 5 3"
	case "┼":
		return "4 3 1 15,0 9 9 3"
	}
	return ""
}

// outline draws a shape over some cells; a box as wide as the cell becomes one
// box over all of them.
func outline(boxes string, left, cells int) string {
	var b strings.Builder
	for box := range strings.SplitSeq(boxes, ",") {
		var x, y, w, h int
		_, _ = fmt.Sscan(box, &x, &y, &w, &h)
		if w == cellWidth {
			fmt.Fprintf(&b, "M%d %dh%dv%dh-%dz", left, y, w*cells, h, w*cells)
			continue
		}
		for i := range cells {
			fmt.Fprintf(&b, "M%d %dh%dv%dh-%dz", left+i*cellWidth+x, y, w, h, w)
		}
	}
	return b.String()
}

// hex writes a colour as "#rrggbb", nothing for none.
func hex(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
