package proxy

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unsafe"
)

// A stream that is open and says nothing keeps less than 1 KiB for what it may tell
// of tokens, and events that tell nothing make no garbage.
func TestTokens_CostLittle(t *testing.T) {
	if size := unsafe.Sizeof(told{}); size > 512 {
		t.Errorf("%d bytes a stream", size)
	}
	w := &watched{told: &told{wire: &wire{tells: anthropicTells}, stream: true}}
	event := []byte(text)
	if n := testing.AllocsPerRun(100, func() { w.look(event) }); n != 0 {
		t.Errorf("%v allocations an event", n)
	}
}

// BenchmarkTokens tells what looking for tokens costs beside passing an answer on:
// an event of a stream, one that tells tokens, and 64 KiB of an answer that is whole.
func BenchmarkTokens(b *testing.B) {
	silent := []byte(text)
	telling := []byte(delta("40"))
	body := []byte(`{"content":[{"type":"text","text":"` + strings.Repeat(`a word, \"another\" `, 64<<10/19) + `"}],"usage":{"input_tokens":25,"output_tokens":40}}`)
	vectors := []byte(`{"data":[{"embedding":[` + strings.Repeat("-0.012345678,", 64<<10/13) + `0]}],"usage":{"prompt_tokens":25,"total_tokens":25}}`)
	for name, events := range map[string][]byte{"event": silent, "telling": telling} {
		b.Run(name, func(b *testing.B) {
			w := &watched{told: &told{wire: &wire{tells: anthropicTells}, stream: true}}
			b.SetBytes(int64(len(events)))
			for b.Loop() {
				w.look(events)
			}
		})
	}
	for name, answer := range map[string][]byte{"text": body, "vectors": vectors} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(answer)))
			for b.Loop() {
				t := &told{wire: &wire{tells: openAITells}}
				_, _ = io.Copy(io.Discard, &heard{io.NopCloser(bytes.NewReader(answer)), t})
				t.end()
			}
		})
	}
}
