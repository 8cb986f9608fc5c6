package tui

import (
	"strings"
	"testing"
)

// TestSignIn_TheWarningStandsBeforeTheLink: whoever reads from the top reads
// that a link is not the provider's before reading the link.
func TestSignIn_TheWarningStandsBeforeTheLink(t *testing.T) {
	for _, uri := range []string{"https://evil.example/device", "https://account.minimax.io.evil.example/"} {
		in(t, newBackend(), func(d *driver) {
			d.press("a", "enter", "enter")
			c := code()
			c.PageTrusted, c.VerificationURI = false, uri
			d.event(0, c)
			text := d.text()
			warning, link := strings.Index(text, "This link does not lead to"), strings.Index(text, "evil.example")
			if warning < 0 || link < 0 || link < warning {
				t.Errorf("the warning is at %d, the link at %d:\n%s", warning, link, text)
			}
		})
	}
}
