//go:build !race

package proxy

import "testing"

// mostIdle is what an open stream may take, heap and stacks together.
const mostIdle = 72 << 10 // 55 to 63 were measured

// A stack that grew to 16 KiB once, or a buffer that is kept for nothing, is more.
func TestIdleStream_TakesLittle(t *testing.T) {
	if got := idleCost(t)(); got > mostIdle {
		t.Errorf("an open stream takes %.1f KiB, want %d at most", got/1024, mostIdle>>10)
	}
}
