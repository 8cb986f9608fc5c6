package secret

import (
	"errors"
	"io"
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
