package say

import "testing"

func TestUses(t *testing.T) {
	for _, tc := range []struct {
		requests, given uint64
		want            string
	}{
		{0, 0, "0 requests"}, {1, 0, "1 request"}, {1048, 0, "1.0k requests"}, {0, 1, "given 1 token"}, {0, 7, "given 7 tokens"}, {2, 7, "2 requests, given 7 tokens"},
	} {
		if got := Uses(tc.requests, tc.given, Amount); got != tc.want {
			t.Errorf("%d, %d: %q, want %q", tc.requests, tc.given, got, tc.want)
		}
	}
}
