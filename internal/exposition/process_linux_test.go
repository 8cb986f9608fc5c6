package exposition

import (
	"strings"
	"testing"
)

// TestStated: the program's name in /proc/self/stat may have spaces and brackets
// of its own (proc(5)).
func TestStated(t *testing.T) {
	stat := "7 (a) b (c d) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 5 0 600 1048576 3 18446744073709551615 1 1 0\n"
	var text strings.Builder
	stated(&text, stat)
	for _, line := range []string{"process_cpu_seconds_total 3\n", "process_virtual_memory_bytes 1.048576e+06\n"} {
		if !strings.Contains(text.String(), "\n"+line) {
			t.Errorf("%q is missing in\n%s", line, text.String())
		}
	}
	for _, broken := range []string{"", "7 (a", "7 (a) S 1"} {
		text.Reset()
		if stated(&text, broken); text.Len() > 0 {
			t.Errorf("%q: %s", broken, text.String())
		}
	}
}
