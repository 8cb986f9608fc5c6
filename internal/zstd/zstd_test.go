package zstd

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

// texts are short, long, random, all the same and empty.
func texts() map[string][]byte {
	random, words := make([]byte, 300_000), []byte(nil)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(random)
	for chance := rand.New(source); len(words) < 1<<20; { //nolint:gosec // a test's text
		words = append(words, strings.Repeat("word ", chance.IntN(9))...)
		words = append(words, byte('a'+chance.IntN(26)), byte(chance.IntN(256)))
	}
	return map[string][]byte{
		"empty": nil, "short": []byte("hello"), "same": bytes.Repeat([]byte{'x'}, 500_000), "random": random, "words": words,
		"far": append(bytes.Repeat(random, 3), words...),
	}
}

func packed(t testing.TB, text []byte, o ...zstd.EOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, o...)
	if err != nil {
		t.Fatal(err)
	}
	for len(text) > 0 { // in pieces, some of which are sent at once
		n := min(len(text), 70_000)
		_, _ = w.Write(text[:n])
		if text = text[n:]; len(text)%2 == 0 {
			_ = w.Flush()
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What another library compresses is read as it was, whatever the level and the
// pieces in which it comes; several frames are one text.
func TestReader_ReadsWhatAnotherWrites(t *testing.T) {
	for name, text := range texts() {
		for _, level := range []zstd.EncoderLevel{zstd.SpeedFastest, zstd.SpeedDefault, zstd.SpeedBestCompression} {
			once := packed(t, text, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(level != zstd.SpeedFastest), zstd.WithWindowSize(1<<19))
			skipped := []byte{0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3}
			twice := append(append(bytes.Clone(once), skipped...), once...)
			got, err := io.ReadAll(NewReader(iotest.HalfReader(bytes.NewReader(twice))))
			if err != nil || !bytes.Equal(got, append(bytes.Clone(text), text...)) {
				t.Errorf("%s, %v: %d bytes, %v; want %d", name, level, len(got), err, 2*len(text))
			}
		}
	}
}

// What was changed on its way is an error, unless it means the same.
func TestReader_Checks(t *testing.T) {
	text := texts()["words"][:2_000]
	whole := packed(t, text)
	for at := range whole {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x40
		if got, err := io.ReadAll(NewReader(bytes.NewReader(bad))); err == nil && !bytes.Equal(got, text) {
			t.Errorf("byte %d is another one, and %d bytes were read", at, len(got))
		}
		if _, err := io.ReadAll(NewReader(bytes.NewReader(whole[:at]))); err == nil && at > 0 {
			t.Errorf("it breaks off after %d bytes, and nobody noticed", at)
		}
	}
}

// FuzzReader: what another library reads is read, as the same.
func FuzzReader(f *testing.F) {
	for _, text := range texts() {
		f.Add(packed(f, text[:min(len(text), 5000)]))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		other, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			t.Skip(err)
		}
		defer other.Close()
		want, failed := io.ReadAll(io.LimitReader(other, 1<<20))
		got, err := io.ReadAll(io.LimitReader(NewReader(bytes.NewReader(b)), 1<<20))
		if failed == nil && err == nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes, want %d", len(got), len(want))
		}
	})
}
