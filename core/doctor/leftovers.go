package doctor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// oldTemp is how old a temporary file is that nobody will finish.
const oldTemp = time.Hour

// lookAtLeftovers finds what killed processes left behind.
func lookAtLeftovers(_ context.Context, p *Patient) []Finding {
	var found []Finding
	if n := countOld(p, p.State) + countOld(p, filepath.Join(p.State, "acct")); n > 0 {
		found = append(found, warning(number(n, "temporary file was", "temporary files were")+" left behind by a process that was killed", "open hermes-tui once; it deletes them"))
	}
	if len(found) == 0 {
		found = append(found, good("nothing was left behind"))
	}
	return found
}

// number is n with the words that go with it.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func countOld(p *Patient, dir string) (n int) {
	paths, _ := filepath.Glob(filepath.Join(dir, ".*.tmp"))
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && p.Clock.Now().Sub(info.ModTime()) > oldTemp {
			n++
		}
	}
	return n
}
