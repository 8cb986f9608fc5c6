package secret

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// written returns every exact way of writing s that is looked for in a stream:
// its spellings, and those that a [Scrubber] finds by their letters and digits
// alone, which a stream cannot be taken apart into.
func written(s string) []string {
	all := spellings(s)
	all = append(all, url.QueryEscape(url.QueryEscape(s)), backwards(s), strings.ToLower(s), strings.ToUpper(s))
	for _, format := range []string{`%%%02x`, `%%%02X`, `%%25%02X`, `=%02X`, `\x%02x`, `\u%04x`, `\u%04X`, `&#%d;`, `&#x%x;`, `&#x%X;`} {
		all = append(all, eachByte(s, format, ""))
	}
	for _, format := range []string{`%02x`, `%02X`, `0x%02x`, `%d`} {
		for _, between := range []string{" ", ":", ",", ", "} {
			all = append(all, eachByte(s, format, between))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// eachByte writes the bytes of s one by one.
func eachByte(s, format, between string) string {
	parts := make([]string, len(s))
	for i := range len(s) {
		parts[i] = fmt.Sprintf(format, s[i])
	}
	return strings.Join(parts, between)
}
