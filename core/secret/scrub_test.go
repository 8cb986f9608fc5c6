package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

const long = "eyJhbGciOi.J9+/fake-refresh=token?42.sig_nature"

func TestScrubber_EverySpelling(t *testing.T) {
	quoted, _ := json.Marshal(long)
	b64 := func(e *base64.Encoding, before, after string) string {
		return e.EncodeToString([]byte(before + long + after))
	}
	for name, text := range map[string]string{
		"plain":               long,
		"query":               url.QueryEscape(long),
		"query, lower case":   strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(long), "%2B", "%2b"), "%2F", "%2f"),
		"path":                url.PathEscape(long),
		"JSON":                string(quoted),
		"JSON, escaped slash": strings.ReplaceAll(string(quoted), "/", `\/`),
		"JSON, numbered":      `eyJhbGciOi.J9\u002b\u002ffake-refresh\u003dtoken\u003f42.sig_nature`,
		"hex":                 hex.EncodeToString([]byte(long)),
		"HEX":                 strings.ToUpper(hex.EncodeToString([]byte(long))),
		"base64":              b64(base64.StdEncoding, "", ""),
		"base64, no padding":  b64(base64.RawStdEncoding, "", ""),
		"base64url":           b64(base64.URLEncoding, "", ""),
		"base64 at offset 1":  b64(base64.StdEncoding, "u:", "."),
		"base64 at offset 2":  b64(base64.RawURLEncoding, "a", "bc"),
	} {
		t.Run(name, func(t *testing.T) {
			got := secret.NewScrubber(secret.New(long)).Scrub("before " + text + " after")
			if !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") || !strings.Contains(got, "[secret]") {
				t.Errorf("the text around is gone: %q", got)
			}
			for i := 0; i+16 <= len(text); i++ {
				if strings.Contains(got, text[i:i+16]) {
					t.Fatalf("left %q of %q in %q", text[i:i+16], text, got)
				}
			}
		})
	}
}

func TestScrubber_CutsPieces(t *testing.T) {
	s := secret.NewScrubber(secret.New(long))
	if got := s.Scrub("token " + long[5:25] + "...[truncated]"); got != "token [secret]...[truncated]" {
		t.Errorf("got %q", got)
	}
	if got := s.Scrub(long + long[:20]); got != "[secret]" {
		t.Errorf("neighbours: got %q", got)
	}
}

func TestScrubber_LeavesTheRest(t *testing.T) {
	s := secret.NewScrubber(secret.New("abcde"), secret.New(""), secret.New(long))
	for _, text := range []string{"", "abcde is too short to be a secret", "invalid_grant: eyJhbGciOi.J9+ is gone"} {
		if got := s.Scrub(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	var none *secret.Scrubber
	if got := none.Scrub(long); got != long {
		t.Errorf("a nil Scrubber cut %q", got)
	}
}

func TestScrubber_ShortSecret(t *testing.T) {
	s := secret.NewScrubber(secret.New("S3cr3t"))
	for _, text := range []string{"S3cr3t", "533363723374", "UzNjcjN0", "x=S3cr3tS3cr3t!"} {
		if got := s.Scrub(text); strings.Contains(got, text) || !strings.Contains(got, "[secret]") {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestScrubber_RepeatedLetters(t *testing.T) {
	s := secret.NewScrubber(secret.New(strings.Repeat("a", 20_000)))
	if got := s.Scrub("x" + strings.Repeat("a", 16_000) + "y"); got != "x[secret]y" {
		t.Errorf("got %d bytes", len(got))
	}
}

// Whatever the secret, and wherever it stands in base64 or in the open, not one
// piece of it is left, and what is not secret stays.
func TestScrubber_Property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`[!-~]{16,80}`).Draw(t, "secret")
		before := rapid.StringMatching(`[ ]{0,9}`).Draw(t, "before")
		after := rapid.StringMatching(`[ ]{0,9}`).Draw(t, "after")
		s := secret.NewScrubber(secret.New(value))
		if got := s.Scrub(before + value + after); got != before+"[secret]"+after {
			t.Fatalf("plain: %q", got)
		}
		encoded := base64.StdEncoding.EncodeToString([]byte(before + value + after))
		got := s.Scrub(encoded)
		for i := 0; i+16 <= len(value); i++ {
			inner := base64.StdEncoding.EncodeToString([]byte(before + value)[:(len(before)+i+16)/3*3])
			if tail := inner[len(inner)-12:]; i > 6 && strings.Contains(got, tail) {
				t.Fatalf("%q is left of %q in %q", tail, encoded, got)
			}
		}
	})
}

func BenchmarkScrub(b *testing.B) {
	s := secret.NewScrubber(secret.New(strings.Repeat(long, 40)), secret.New(long))
	text := strings.Repeat("the provider said that nothing is wrong here. ", 350)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Scrub(text)
	}
}

func BenchmarkNewScrubber(b *testing.B) {
	value := secret.New(strings.Repeat(long, 40))
	for b.Loop() {
		secret.NewScrubber(value)
	}
}
