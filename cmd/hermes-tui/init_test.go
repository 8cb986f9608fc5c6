package main_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// mostAtInit is how many bytes our own packages may allocate before main, all
// together: other programs call `token` all day, and every start pays for what
// is built or compiled early.
const mostAtInit = 12 << 10

// TestInit reads what the runtime says of each package's initialisation.
func TestInit(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), binary, "version")
	cmd.Env = []string{"GODEBUG=inittrace=1", "HOME=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	line := regexp.MustCompile(`(?m)^init (\S+) @.*, (\d+) bytes, \d+ allocs$`)
	sum, seen := 0, false
	var ours []string
	for _, m := range line.FindAllStringSubmatch(string(out), -1) {
		seen = seen || m[1] == "runtime"
		for _, heavy := range []string{"prometheus", "protobuf", "expvar", "html/template"} {
			if strings.Contains(m[1], heavy) {
				t.Errorf("%s is initialised at every start", m[1])
			}
		}
		if n, _ := strconv.Atoi(m[2]); m[1] == "main" || strings.HasPrefix(m[1], "github.com/hermes-tui/hermes-tui/") {
			sum += n
			ours = append(ours, m[1]+" "+m[2])
		}
	}
	if !seen {
		t.Fatalf("the runtime traced nothing:\n%s", out)
	}
	t.Logf("%d bytes, of:\n%s", sum, strings.Join(ours, "\n"))
	if sum > mostAtInit {
		t.Errorf("our packages allocate %d bytes before main, more than %d", sum, mostAtInit)
	}
}
