package buildtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// house is a module with a program, a test that runs it, and a module below with
// such a test, too.
var house = map[string]string{
	"go.mod":                "module house\n\ngo 1.26\n\nrequire word v0.0.0\n\nreplace word => ./word\n",
	"cmd/program/main.go":   "package main\n\nimport \"house/core\"\n\nfunc main() { core.Work() }\n",
	"core/core.go":          "package core\n\nimport _ \"embed\"\nimport \"word\"\n\n//go:embed page/text\nvar text string\n\nfunc Work() { print(text, word.Word) }\n",
	"core/page/text":        "all is ",
	"word/go.mod":           "module word\n",
	"word/word.go":          "package word\n\nconst Word = \"fine\"\n",
	"bad/go.mod":            "module word\n",
	"bad/word.go":           "package word\n\nconst Word = \"lost\"\n",
	"e2e/e2e_test.go":       runs(".."),
	"option/go.mod":         "module option\n\ngo 1.26\n\nrequire house v0.0.0\n\nrequire word v0.0.0 // indirect\n\nreplace house => ../\n\nreplace word => ../word\n",
	"option/option_test.go": runs("testdata/tree"),
}

// runs is a test of the program.
func runs(root string) string {
	return `package x

import (
	"os/exec"
	"testing"

	"house/buildtest"
)

func TestProgram(t *testing.T) {
	path := buildtest.Program(t, "` + root + `", "./cmd/program", t.TempDir())
	if out, err := exec.Command(path).CombinedOutput(); err != nil || string(out) != "all is fine" {
		t.Fatalf("%v: %s", err, out)
	}
}
`
}

// raise writes the house.
func raise(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	source, err := os.ReadFile("buildtest.go")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(top, "buildtest", "buildtest.go"), string(source))
	for name, text := range house {
		write(t, filepath.Join(top, name), text)
	}
	if err := os.Mkdir(filepath.Join(top, "option", "testdata"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../..", filepath.Join(top, "option", "testdata", "tree")); err != nil {
		t.Skipf("this system makes no links: %v", err)
	}
	return top
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// verdict is what go test says of the package in a folder of the house.
func verdict(t *testing.T, top, folder string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", ".")
	cmd.Dir, cmd.Env = filepath.Join(top, folder), append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil && strings.Contains(string(out), "--- FAIL: TestProgram"):
		return "FAIL"
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	case strings.Contains(string(out), "(cached)"):
		return "ok (cached)"
	}
	return "ok"
}

// TestProgram_ResultsDoNotOutliveIt: what go test keeps counts for as long as
// nothing of what the program is made of has changed.
func TestProgram_ResultsDoNotOutliveIt(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs go test fifteen times, and -short is set")
	}
	top := raise(t)
	type change struct{ file, text string }
	changes := []change{
		{"cmd/program/main.go", "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(7) }\n"},
		{"core/core.go", "package core\n\nfunc Work() { panic(\"broken\") }\n"},
		{"core/page/text", "nothing is "},
		{"go.mod", strings.ReplaceAll(house["go.mod"], "./word", "./bad")},
		{"core/new.go", "package core\n\nfunc init() { panic(\"broken\") }\n"}, // the last, since it makes the folder younger
	}
	for folder, changes := range map[string][]change{"e2e": changes, "option": changes[:1]} {
		if got := verdict(t, top, folder); got != "ok" {
			t.Fatalf("%s: go test says %q at first", folder, got)
		}
		for _, change := range changes {
			if got := verdict(t, top, folder); got != "ok (cached)" {
				t.Fatalf("%s: go test says %q where nothing has changed", folder, got)
			}
			path := filepath.Join(top, change.file)
			before, err := os.Stat(path)
			write(t, path, change.text)
			if got := verdict(t, top, folder); got != "FAIL" {
				t.Errorf("%s: go test says %q after a change of %s, which breaks the program", folder, got, change.file)
			}
			if err != nil {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				continue
			}
			write(t, path, house[change.file])
			if err := os.Chtimes(path, before.ModTime(), before.ModTime()); err != nil {
				t.Fatal(err)
			}
		}
	}
}
