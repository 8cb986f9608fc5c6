package tally

import (
	"fmt"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// BenchmarkRead tells what it costs to look at a busy day again: 8 accounts, 4
// programs and 3 models in each slot.
func BenchmarkRead(b *testing.B) {
	dir, c := b.TempDir(), clock.NewFake(noon)
	for range 24 * 3 {
		m := NewMeter(dir, c)
		for i := range 8 * 4 * 3 {
			m.Note(Use{fmt.Sprint("account-", i%8), fmt.Sprint("program-", i/8%4), fmt.Sprint("model-", i/32)}, once)
		}
		m.Close()
		c.Advance(SlotLength)
	}
	m := NewMeter(dir, c)
	b.ResetTimer()
	for b.Loop() {
		if rows := m.Read(c.Now().Add(-24 * time.Hour)); len(rows) < 6000 {
			b.Fatalf("%d rows", len(rows))
		}
	}
}
