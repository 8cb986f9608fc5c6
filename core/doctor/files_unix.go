//go:build unix

package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// mostFiles is how many files with the same fault are named one by one.
const mostFiles = 5

// lookAtFiles finds files that others could read, or that are not ours.
func lookAtFiles(_ context.Context, p *Patient) []Finding {
	if info, err := os.Stat(p.State); err == nil && !ours(info) {
		return nil // that is said of the folder; each of its files would repeat it
	}
	var found []Finding
	count := 0
	see := func(path string, info fs.FileInfo) {
		count++
		if fault, cure := faultOf(path, info); fault != "" {
			found = append(found, bad(fault, cure))
		}
	}
	_ = filepath.WalkDir(p.State, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if t := d.Type(); !t.IsRegular() && t != fs.ModeSocket { // a proxy's socket may be kept there
			found = append(found, bad(path+" is in the way: "+atomicfile.NotFile{Mode: t}.Error(), "rm "+shellWord(path)))
			return nil
		}
		if info, err := d.Info(); err == nil {
			see(path, info)
		}
		return nil
	})
	if info, err := os.Stat(p.Key); err == nil {
		see(p.Key, info)
	}
	if info, err := os.Stat(p.Config); err == nil {
		if fault, cure := openToChange(p.Config, info); fault != "" {
			found = append([]Finding{bad(fault, cure)}, found...)
		}
	}
	if n := len(found); n > mostFiles {
		more := bad(fmt.Sprintf("%d more files have a wrong mode or owner", n-mostFiles), "chmod -R go-rwx "+shellWord(p.State))
		found = append(found[:mostFiles], more)
	}
	if len(found) == 0 && count > 0 {
		return []Finding{good(fmt.Sprintf("only you can read your files (%d)", count))}
	}
	return found
}

// faultOf returns what is wrong with the mode or the owner of a file or folder
// that only its owner should read.
func faultOf(path string, info fs.FileInfo) (fault, cure string) {
	if !ours(info) {
		if os.Geteuid() == 0 { // sudo: what is wrong is who asks
			return path + " belongs to another user", "run hermes-tui as its owner"
		}
		return path + " belongs to another user", fmt.Sprintf("sudo chown %d %s", os.Geteuid(), shellWord(path))
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Sprintf("%s can be reached by others (mode %04o)", path, mode), "chmod go-rwx " + shellWord(path)
	}
	return "", ""
}

// openToChange returns whether others could change the configuration, which says
// where new sign-ins go. Reading it is no harm.
func openToChange(path string, info fs.FileInfo) (fault, cure string) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() && stat.Uid != 0 {
		return path + " belongs to another user, who could send new sign-ins elsewhere", "make it your own: copy it, and move the copy in its place"
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Sprintf("%s can be changed by others (mode %04o), who could send new sign-ins elsewhere", path, mode), "chmod go-w " + shellWord(path)
	}
	return "", ""
}

// plainPath means itself in every shell.
var plainPath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_./@:+-]+$`) })

// shellWord quotes a path for a shell, if it needs it.
func shellWord(path string) string {
	if plainPath().MatchString(path) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(stat.Uid) == os.Geteuid()
}

// lookAbove finds folders above ours in which others could put something in the
// place of ours; each is named once.
func lookAbove(dirs ...string) (found []Finding) {
	seen := map[string]bool{}
	for _, dir := range dirs {
		for _, fault := range private.Faults(dir) {
			if !seen[fault.Path] && !slices.Contains(dirs[:2], fault.Path) { // of ours more is said
				found = append(found, bad(fault.Error(), fault.Cure()))
			}
			seen[fault.Path] = true
		}
	}
	return found
}

// lookAtFolders finds folders that are missing a permission or give too much.
func lookAtFolders(_ context.Context, p *Patient) []Finding {
	found := lookAbove(p.State, p.Data, filepath.Dir(p.Config))
	for _, dir := range []string{p.State, p.Data, filepath.Join(p.State, "acct"), filepath.Join(p.State, "history")} {
		info, err := os.Stat(dir)
		if err != nil {
			continue // made at the first sign-in
		}
		if fault, cure := faultOf(dir, info); fault != "" {
			found = append(found, bad(fault, cure))
			continue
		}
		if info.Mode().Perm()&0o700 != 0o700 {
			found = append(found, bad(dir+" cannot be written", "chmod u+rwx "+shellWord(dir)))
			continue
		}
		if filepath.Dir(dir) != p.State { // the rest goes without saying
			found = append(found, good(dir+" is yours alone"))
		}
	}
	return found
}
