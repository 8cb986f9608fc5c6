package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestPromisesAreTested: docs/security.md numbers its promises, and names a test
// that exists for each.
func TestPromisesAreTested(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9_/-]+_test\\.go):([A-Za-z0-9_]+)`")
	n := 0
	for line := range strings.Lines(string(doc)) {
		number, rest, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if _, err := strconv.Atoi(number); !ok || err != nil {
			continue
		}
		if n++; number != strconv.Itoa(n) {
			t.Errorf("promise %s stands where %d belongs", number, n)
		}
		tests := named.FindAllStringSubmatch(rest, -1)
		if len(tests) == 0 || strings.Count(rest, "_test.go") != len(tests) {
			t.Errorf("promise %s names no test as `file:function`", number)
		}
		for _, test := range tests {
			code, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(test[1])))
			if err != nil || !strings.Contains(string(code), "\nfunc "+test[2]+"(") {
				t.Errorf("promise %s: there is no %s: %v", number, test[0], err)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d promises were read", n)
	}
}
