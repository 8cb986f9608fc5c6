package budget

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Limit{
		"50-requests/hour":   {50, Requests, time.Hour},
		"200k-tokens/day":    {200_000, Tokens, 24 * time.Hour},
		"1.5M-tokens/week":   {1_500_000, Tokens, 7 * 24 * time.Hour},
		"1-requests/day":     {1, Requests, 24 * time.Hour},
		"1234567-tokens/day": {1234567, Tokens, 24 * time.Hour},
	} {
		got, err := Parse(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("%s is written %s", text, got)
		}
	}
	for _, text := range []string{
		"", "50", "50-requests", "50-requests/", "50-requests/minute", "0-requests/hour", "-1-requests/hour", "1.5-requests/hour", "k-tokens/day",
		"50-words/day", "NaN-tokens/day", "Inf-tokens/day", "1e3-tokens/day", "0x10-tokens/day", "9999999999999999999-tokens/day", "99999999999M-tokens/day", "5K-tokens/day", " 5-tokens/day", "5-tokens/day ",
	} {
		if got, err := Parse(text); autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("50-requests/hour")
	f.Add("1.5M-tokens/week")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(l.String()); err != nil || again != l {
			t.Errorf("%q: %+v is written %q", text, l, l.String())
		}
	})
}
