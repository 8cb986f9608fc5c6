package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNamedTestsExist: docs/upstream-tests.md names tests as file:function.
func TestNamedTestsExist(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "upstream-tests.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9_/-]+_test\\.go):([A-Za-z0-9_]+)`")
	rows, found := 0, map[string]bool{}
	for line := range strings.Lines(string(doc)) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.Contains(line, "| here |") {
			continue
		}
		rows++
		tests := named.FindAllStringSubmatch(line, -1)
		if len(tests) == 0 && !strings.Contains(line, "Not here: ") {
			t.Errorf("no test and no reason: %s", line)
		}
		if strings.Count(line, "_test.go") != len(tests) && !strings.Contains(line, ".py`") {
			t.Errorf("a test that is not named as `file:function`: %s", line)
		}
		for _, test := range tests {
			found[test[0]] = true
			code, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(test[1])))
			if err != nil || !strings.Contains(string(code), "\nfunc "+test[2]+"(") {
				t.Errorf("there is no %s: %v", test[0], err)
			}
		}
	}
	if rows < 80 || len(found) < 60 {
		t.Errorf("only %d rows with %d tests were read", rows, len(found))
	}
}
