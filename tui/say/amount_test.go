package say

import "testing"

func TestAmount(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0", 7: "7", 999: "999", 1000: "1.0k", 1049: "1.0k", 12_345: "12.3k", 99_999: "99.9k", 100_000: "100k", 999_999: "999k",
		1_000_000: "1.0M", 4_050_000: "4.0M", 123_456_789: "123M", 999_999_999: "999M", 1_000_000_000: "1.0G", 5e12: "5.0T", 1 << 53: "9.0P", 1 << 63: "9223P",
	} {
		if got := Amount(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
