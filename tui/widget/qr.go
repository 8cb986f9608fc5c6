package widget

import (
	"strings"

	"rsc.io/qr"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// Quiet is the margin around a QR in modules. Without it scanners fail.
const Quiet = 2

// EncodeQR returns the smallest code for a text, with as much redundancy as
// that size allows; nil when the text is too long.
func EncodeQR(text string) *qr.Code {
	smallest, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil
	}
	for _, level := range []qr.Level{qr.H, qr.Q, qr.M} {
		if code, err := qr.Encode(text, level); err == nil && code.Size == smallest.Size {
			return code
		}
	}
	return smallest
}

// QRSize is how many cells the QR of a text takes, zero when it has none.
func QRSize(text string, ascii bool) (w, h int) {
	code := EncodeQR(text)
	if code == nil {
		return 0, 0
	}
	side := code.Size + 2*Quiet
	if ascii {
		return 2 * side, side
	}
	return side, (side + 1) / 2
}

// QRLines draws the QR of a text, black on white whatever the theme: two
// modules a cell as half blocks, or in ASCII a module as two cells.
func (m *Common) QRLines(text string) []string {
	code := EncodeQR(text)
	if code == nil {
		return nil
	}
	var lines []string
	if m.Glyphs.ASCII {
		for y := -Quiet; y < code.Size+Quiet; y++ {
			lines = append(lines, m.qrASCII(code, y))
		}
		return lines
	}
	blocks := [4]string{" ", "▀", "▄", "█"}
	for y := -Quiet; y < code.Size+Quiet; y += 2 {
		var b strings.Builder
		for x := -Quiet; x < code.Size+Quiet; x++ {
			i := 0
			if code.Black(x, y) {
				i |= 1
			}
			if code.Black(x, y+1) {
				i |= 2
			}
			b.WriteString(blocks[i])
		}
		lines = append(lines, m.Theme.QR.Render(b.String()))
	}
	return lines
}

// qrASCII draws one row of modules with colours only.
func (m *Common) qrASCII(code *qr.Code, y int) string {
	black := m.Theme.QR.Reverse(true)
	var b strings.Builder
	for x := -Quiet; x < code.Size+Quiet; {
		from, dark := x, code.Black(x, y)
		for x < code.Size+Quiet && code.Black(x, y) == dark {
			x++
		}
		ink := m.Theme.QR
		if dark {
			ink = black
		}
		b.WriteString(ink.Render(cells.Blank(2 * (x - from))))
	}
	return b.String()
}
