package house

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// TestProgramsAreBuiltInSightOfTheTestCache: a test that builds a program by
// itself is "ok (cached)" over whatever becomes of the program. Only the tests of
// the program's own package change with it.
func TestProgramsAreBuiltInSightOfTheTestCache(t *testing.T) {
	built := 0
	sources(t, func(path string, data []byte) {
		if !strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, root+"/internal/") {
			return
		}
		built += bytes.Count(data, []byte("buildtest.Program("))
		if bytes.Contains(data, []byte(`"go", "build"`)) && path != root+"/cmd/hermes-tui/harness_test.go" {
			t.Errorf("%s builds a program; buildtest.Program does it so that go test sees the program change", path)
		}
	})
	if built < 3 {
		t.Errorf("found only %d programs that tests build", built)
	}
}

// TestProgramsAreWrittenAlone: what a test has just written may still be open in a program
// that another test starts at that moment, and the kernel does not run it then.
func TestProgramsAreWrittenAlone(t *testing.T) {
	writes := regexp.MustCompile(`os\.WriteFile\(.*, 0o7\d\d\)`)
	sources(t, func(path string, data []byte) {
		if strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(path, root+"/internal/house/") && writes.Match(data) {
			t.Errorf("%s writes a program; buildtest.Write does it while nothing is started", path)
		}
	})
}
