package secret

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// Whatever the pieces in which a stream arrives, every spelling is cut out and
// every other byte stays.
func TestCutter_Property(t *testing.T) {
	secrets := []Secret{New("eyJhbGciOiJSUzI1NiJ9.payload-1.signature"), New("eyJhbGciOiJSUzI1NiJ9.payload-1.signature-two"), New("sk-api/0123456789+abcdef=="), New("aaaaaaaaaaaaaaaaaaaaaaaa")}
	var all []string
	for _, s := range secrets {
		all = append(all, written(s.Reveal())...)
	}
	cutter := NewCutter(secrets...)
	rapid.Check(t, func(t *rapid.T) {
		var text, want strings.Builder
		for range rapid.IntRange(0, 6).Draw(t, "parts") {
			filler := rapid.StringMatching(`[ -#\n]{0,40}|eyJhbGciOiJSUzI1NiJ9\.payload|sk-api/01234`).Draw(t, "filler") + "|"
			text.WriteString(filler)
			want.WriteString(filler)
			if spelling := rapid.SampledFrom(all).Draw(t, "spelling"); len(spelling) >= piece {
				text.WriteString(spelling + "|")
				want.WriteString(masked + "|")
			}
		}
		size := rapid.IntRange(1, 64).Draw(t, "size")
		got, err := io.ReadAll(cutter.Reader(&chunks{text.String(), size}))
		if err != nil || string(got) != want.String() {
			t.Fatalf("in pieces of %d, %q became %q, want %q (%v)", size, text.String(), got, want.String(), err)
		}
		if whole := cutter.Text(text.String()); whole != want.String() {
			t.Fatalf("%q became %q", text.String(), whole)
		}
	})
}

// chunks reads a text in pieces of a size.
type chunks struct {
	text string
	size int
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.text == "" {
		return 0, io.EOF
	}
	n := copy(p, c.text[:min(c.size, len(c.text))])
	c.text = c.text[n:]
	return n, nil
}

// An event is passed on when it has ended: nothing waits for what comes next.
func TestCutter_EventsDoNotWait(t *testing.T) {
	in, out := io.Pipe()
	r := NewCutter(New("data-token-0123456789abcdef")).Reader(in)
	p := make([]byte, 100)
	for _, event := range []string{"data: 1\n\n", "data: {\"a\":\"data-token-01234\"}\n\n", "data: data\n\n"} {
		go func() { _, _ = io.WriteString(out, event) }()
		if n, err := io.ReadAtLeast(r, p, len(event)); err != nil || string(p[:n]) != event {
			t.Fatalf("%q, %v", p[:n], err)
		}
	}
}

func TestCutter_Errors(t *testing.T) {
	broken := errors.New("broken")
	c := NewCutter(New("0123456789abcdefghij"))
	got, err := io.ReadAll(c.Reader(io.MultiReader(strings.NewReader("a 0123456789abcd"), iotest.ErrReader(broken))))
	if !errors.Is(err, broken) || string(got) != "a 0123456789abcd" {
		t.Errorf("%q, %v", got, err)
	}
	if got := NewCutter(New("short"), Secret{}).Text("a short text"); got != "a short text" {
		t.Errorf("a short secret: %q", got)
	}
}

// written is a secret in each way.
func written(s string) (all []string) {
	for _, way := range ways() {
		if spelling := way(s); !slices.Contains(all, spelling) {
			all = append(all, spelling)
		}
	}
	return all
}

// The bytes of a secret are written as package fmt writes them.
func TestWays_AreThoseOfFmt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "secret"))
		all := written(s)
		each := func(format, between string) string {
			parts := make([]string, len(s))
			for i := range len(s) {
				parts[i] = fmt.Sprintf(format, s[i])
			}
			return strings.Join(parts, between)
		}
		want := append(spellings(s), url.QueryEscape(url.QueryEscape(s)), backwards(s), strings.ToLower(s), strings.ToUpper(s))
		for _, format := range []string{`%%%02x`, `%%%02X`, `%%25%02X`, `=%02X`, `\x%02x`, `\u%04x`, `\u%04X`, `&#%d;`, `&#x%x;`, `&#x%X;`} {
			want = append(want, each(format, ""))
		}
		for _, format := range []string{`%02x`, `%02X`, `0x%02x`, `%d`} {
			for _, between := range []string{" ", ":", ",", ", "} {
				want = append(want, each(format, between))
			}
		}
		for _, spelling := range want {
			if !slices.Contains(all, spelling) {
				t.Fatalf("%q is not among the ways of writing %q", spelling, s)
			}
		}
		if got, want := (bytewise{number: octal}).of(s), each("%03o", ""); got != want {
			t.Fatalf("octal: %q, want %q", got, want)
		}
	})
}

// What was dropped as often as it was learned is not looked for any more, and what is
// known is found whatever comes and goes beside it.
func TestCutter_Forgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := NewCutter()
		known := map[string]int{}
		name := func() string { return fmt.Sprintf("eyJhbGci-%02d-OiJIUzI1", rapid.IntRange(0, 5).Draw(t, "secret")) }
		t.Repeat(map[string]func(*rapid.T){
			"learn":  func(*rapid.T) { s := name(); c.Learn(New(s)); known[s]++ },
			"forget": func(*rapid.T) { s := name(); c.Forget(New(s)); known[s] = max(0, known[s]-1) },
			"": func(t *rapid.T) {
				for i := range 6 {
					s := fmt.Sprintf("eyJhbGci-%02d-OiJIUzI1", i)
					for _, spelling := range written(s) {
						if len(spelling) < piece {
							continue
						}
						want := spelling + "|"
						if known[s] > 0 {
							want = masked + "|"
						}
						if got := c.Text(spelling + "|"); got != want {
							t.Fatalf("%q, which is known %d times, became %q", spelling, known[s], got)
						}
					}
				}
			},
		})
		for s, n := range known {
			for range n {
				c.Forget(New(s))
			}
		}
		if len(c.known)+len(c.starts.known)+len(c.starts.blocks)+c.starts.live != 0 || c.starts.near != (filter{}) {
			t.Fatalf("left behind: %d secrets, %d blocks", len(c.known), len(c.starts.blocks))
		}
	})
}

// A stream that is read already is rid of what becomes known meanwhile.
func TestCutter_LearnsWhileAStreamIsRead(t *testing.T) {
	const later = "sk-later-0123456789"
	c := NewCutter()
	in, out := io.Pipe()
	r, p := c.Reader(in), make([]byte, 100)
	for i, want := range []string{later + "\n", masked + "\n"} {
		go func() { _, _ = io.WriteString(out, later+"\n") }()
		if n, err := io.ReadAtLeast(r, p, len(want)); err != nil || string(p[:n]) != want {
			t.Fatalf("%d: %q, %v", i, p[:n], err)
		}
		c.Learn(New(later))
	}
}

// signed is a token of about two kilobytes, as some providers have them.
func signed(n int) Secret {
	return New("eyJhbGciOiJSUzI1NiJ9." + strings.Repeat(fmt.Sprintf("%07dAbCdEfGhIj", n*7919), 120))
}

// BenchmarkLearn: one more secret, beside as many as a large pool has.
func BenchmarkLearn(b *testing.B) {
	for _, beside := range []int{0, 1000} {
		c := NewCutter()
		for i := range beside {
			c.Learn(signed(i + 1))
		}
		b.Run(fmt.Sprint("beside ", beside), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Learn(signed(0))
				c.Forget(signed(0))
			}
		})
	}
}

func BenchmarkCutter(b *testing.B) {
	c := NewCutter(New(strings.Repeat("eyJhbGciOi", 100)), New(strings.Repeat("0123456789", 10)))
	text := strings.Repeat(`data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello"}}`+"\n\n", 90)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := io.Copy(io.Discard, c.Reader(strings.NewReader(text))); err != nil {
			b.Fatal(err)
		}
	}
}
