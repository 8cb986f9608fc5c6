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
		found = append(found, warning(fmt.Sprintf("%d temporary files were left behind", n), "open hermes-tui once; it deletes them"))
	}
	if len(found) == 0 {
		found = append(found, good("nothing was left behind"))
	}
	return found
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
