package signin

import "testing"

// A link that is not a page of the provider's, or that does not show as it is, is never
// opened, copied or drawn.
func TestCodeIssued_Trusted(t *testing.T) {
	for link, want := range map[string]bool{
		"https://www.minimax.io/verify?user_code=AB-12": true,
		"https://www.minimax.io/\x1b]8;;https://x":      false,
		"https://www.minimax.io/a\u202eb":               false,
		"https://www.minimax.io/a b":                    false,
		"":                                              false,
	} {
		if got := (CodeIssued{VerificationURI: link, PageTrusted: true}).Trusted(); got != want {
			t.Errorf("%q: %t", link, got)
		}
		if (CodeIssued{VerificationURI: link}).Trusted() {
			t.Errorf("%q of somebody else is trusted", link)
		}
	}
}
