package screen

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// Size of a cell in the picture.
const cellWidth, cellHeight, fontSize, border = 9, 20, 15, 12

// Look is how a terminal draws what a program leaves to it.
type Look struct{ Foreground, Background string } // "#rrggbb"

// The looks of a dark and a light terminal.
var (
	Dark  = Look{"#d8dae2", "#16181d"}
	Light = Look{"#24262c", "#ffffff"}
)

// SVG draws the screen as a picture.
func (s *Screen) SVG(look Look) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	w, h := s.vt.Width()*cellWidth+2*border, s.vt.Height()*cellHeight+2*border
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="JetBrains Mono, DejaVu Sans Mono, Noto Sans Mono CJK SC, monospace" font-size="%d" xml:space="preserve">`+"\n", w, h, w, h, fontSize)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="%s"/>`+"\n", w, h, look.Background)
	for y := range s.vt.Height() {
		s.row(y, func(x int, c *uv.Cell) { drawCell(&b, look, x, y, c) })
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func drawCell(b *strings.Builder, look Look, x, y int, c *uv.Cell) {
	if c == nil {
		return
	}
	fg, bg := hex(c.Style.Fg), hex(c.Style.Bg)
	if fg == "" {
		fg = look.Foreground
	}
	if bg == "" {
		bg = look.Background
	}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	left, top := border+x*cellWidth, border+y*cellHeight
	cells := max(c.Width, 1)
	if bg != look.Background {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" shape-rendering="crispEdges"/>`+"\n", left, top, cells*cellWidth, cellHeight, bg)
	}
	if c.Style.Underline != uv.UnderlineNone {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="1" fill="%s"/>`+"\n", left, top+cellHeight-3, cells*cellWidth, fg)
	}
	if drawBlock(b, c.Content, left, top, fg) || strings.TrimSpace(c.Content) == "" {
		return
	}
	weight := ""
	if c.Style.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" fill="%s"%s>%s</text>`+"\n", left, top+cellHeight-5, fg, weight, html.EscapeString(c.Content))
}

// drawBlock draws the characters that must fill their cell exactly, as terminals
// do, whatever the font.
func drawBlock(b *strings.Builder, s string, left, top int, fill string) bool {
	x, y, w, h := 0, 0, cellWidth, cellHeight
	switch s {
	case "█":
	case "▀":
		h /= 2
	case "▄":
		y, h = h/2, h/2
	case "▌":
		w = 3
	case "━":
		y, h = 9, 3
	case "─":
		y, h = 10, 1
	default:
		return false
	}
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" shape-rendering="crispEdges"/>`+"\n", left+x, top+y, w, h, fill)
	return true
}

// hex writes a colour as "#rrggbb", nothing for none.
func hex(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
