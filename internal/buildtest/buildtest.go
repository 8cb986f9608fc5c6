// Package buildtest builds programs for the tests that run them. Such a test
// depends on the program's sources, of which Go's test cache knows nothing,
// because another process compiles them: without help `go test` says "ok
// (cached)" over a program that has changed since. What a test opens below its
// own module, though, is looked at again before its result counts (`go help
// test`), so the folders of the sources are opened here.
package buildtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// Write makes a file that programs can run, with mode 0755. As long as one is open for
// writing the kernel runs it for nobody ("text file busy"), and whatever a test that runs
// beside this one starts has a copy of the open file for a moment: nothing is started
// meanwhile.
func Write(t testing.TB, path string, program []byte) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, program, 0o755); err != nil { //nolint:gosec // it is to be run, by another user too
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o755); err != nil { //nolint:gosec // whatever the umask is
		t.Fatal(err)
	}
}

// Program builds the program of the folder pkg, like "./cmd/hermes-tui", of the
// module at root, into the folder dir, and returns its path. It has to be called
// while a test runs: before, nobody notes what is opened. The root has to be a
// path below the test's own module; it may be a link that leads out of it.
func Program(t testing.TB, root, pkg, dir string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.Base(pkg))
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	golang(t, root, "build", "-o", path, pkg)
	for _, name := range []string{"go.mod", "go.sum"} {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for _, folder := range folders(t, root, pkg) {
		// with a folder go test notes the size and the time of each file in it
		if _, err := os.ReadDir(folder); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// folders are those of the module's packages that the program is made of, and of
// the files that are embedded in them.
func folders(t testing.TB, root, pkg string) []string {
	t.Helper()
	var found []string
	list := json.NewDecoder(bytes.NewReader(golang(t, root, "list", "-deps", "-json=Dir,EmbedFiles,Module", pkg)))
	for {
		var p struct {
			Dir        string
			EmbedFiles []string
			Module     *struct {
				Dir  string
				Main bool
			}
		}
		err := list.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Module == nil || !p.Module.Main {
			continue // its version stands in go.mod
		}
		below, err := filepath.Rel(p.Module.Dir, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		here := filepath.Join(root, below)
		found = append(found, here)
		for _, file := range p.EmbedFiles {
			found = append(found, filepath.Dir(filepath.Join(here, file)))
		}
	}
}

// golang runs go in the module's folder and returns what it prints.
func golang(t testing.TB, root string, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &errs
	cmd.Env = append(cmd.Environ(), "GOWORK=off") // the module is built as it is released
	if err := cmd.Run(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, errs.String())
	}
	return out.Bytes()
}
