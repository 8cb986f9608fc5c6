package cells

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// BreakLink breaks a link into lines of at most w cells: after a slash and
// before "?" and "&", where a reader expects it. Only a part that is longer
// than a line is broken elsewhere.
func BreakLink(link string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	line := ""
	for _, part := range linkParts(link) {
		if Width(line)+Width(part) <= w {
			line += part
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = part; Width(line) > w; {
			head := ansi.Truncate(line, w, "")
			if head == "" { // not even one character fits
				return lines
			}
			lines, line = append(lines, head), line[len(head):]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// linkParts cuts a link where it may be broken.
func linkParts(link string) []string {
	var parts []string
	start := 0
	for i := 1; i < len(link); i++ {
		if link[i-1] == '/' && link[i] != '/' || strings.IndexByte("?&", link[i]) >= 0 {
			parts = append(parts, link[start:i])
			start = i
		}
	}
	return append(parts, link[start:])
}
