package house

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// sources calls visit for every Go file of the project.
func sources(t *testing.T, visit func(path string, data []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		data, err := os.ReadFile(path)
		visit(filepath.ToSlash(path), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	said := map[string]int{}
	sources(t, func(path string, data []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, data, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Error(err)
			return
		}
		dir := filepath.Dir(path)
		said[dir] = max(said[dir], len(file.Doc.Text()))
	})
	if len(said) < 10 {
		t.Fatalf("found only %d packages", len(said))
	}
	for dir, n := range said {
		if n < 80 {
			t.Errorf("%s: its package comment has %d characters; a newcomer cannot start from it", dir, n)
		}
	}
}

func TestConfigDocumentationIsWhole(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "config.md"))
	if err != nil {
		t.Fatal(err)
	}
	setting := regexp.MustCompile("toml:\"([a-z_]+)\"")
	variable := regexp.MustCompile(`"(HERMES_TUI_[A-Z_]+)"`)
	read := map[string]bool{}
	sources(t, func(path string, data []byte) {
		of := func(dir string) bool { return strings.Contains(path, dir) }
		if !of("/cmd/") && !of("/core/setup/") && !of("/core/connect/") || strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, m := range append(setting.FindAllSubmatch(data, -1), variable.FindAllSubmatch(data, -1)...) {
			read[string(m[1])] = true
		}
	})
	if len(read) < 15 {
		t.Fatalf("found only %d settings in the code", len(read))
	}
	for name := range read {
		if !bytes.Contains(doc, []byte(name)) {
			t.Errorf("docs/config.md does not name %s", name)
		}
	}
	named := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\||`(HERMES_TUI_[A-Z_]+)`")
	for _, m := range named.FindAllSubmatch(doc, -1) {
		if name := string(m[1]) + string(m[2]); !read[name] {
			t.Errorf("docs/config.md names %s, which the code does not read", name)
		}
	}
}

// docs/architecture.md says what each package is about; those under internal
// and the folders of tests' own programs have one line together, and the front
// door at the root has its own page.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	sources(t, func(path string, _ []byte) {
		dir := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, root+"/")))
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(dir, "internal/") || strings.Contains(dir, "testdata") || strings.HasPrefix(dir, "examples/") || dir == "." || seen[dir] {
			return
		}
		seen[dir] = true
		if !bytes.Contains(doc, []byte("`"+dir+"`")) {
			t.Errorf("%s is not in docs/architecture.md", dir)
		}
	})
	if len(seen) < 10 {
		t.Fatalf("found only %d packages", len(seen))
	}
}

// Every file is read by internal/atomicfile, which waits for no pipe, reads no
// device, follows no link of ours and stops at a limit.
func TestFilesAreReadInOnePlace(t *testing.T) {
	opens := regexp.MustCompile(`\bos\.(ReadFile|Open|OpenFile|Create)\(|\btoml\.DecodeFile\(|\btls\.LoadX509KeyPair\(`)
	allowed := map[string]bool{
		"cmd/hermes-tui/internal/serve/signals_unix.go": true, // the terminal itself
		"core/record/folder.go":                         true, // an id is reserved: made, never read
		"core/record/scan.go":                           true, // a folder, for its names
		"proxy/holder_linux.go":                         true, // the kernel's
		"proxy/procnet_linux.go":                        true, // the kernel's
	}
	sources(t, func(path string, data []byte) {
		path = strings.TrimPrefix(path, root+"/")
		ours := strings.HasPrefix(path, "core/") || strings.HasPrefix(path, "keystore/") || strings.HasPrefix(path, "cmd/hermes-tui/") || strings.HasPrefix(path, "tui/") || strings.HasPrefix(path, "proxy/")
		if !ours || allowed[path] || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/testdata/") {
			return
		}
		if m := opens.Find(data); m != nil {
			t.Errorf("%s calls %s…): use internal/atomicfile", path, m)
		}
	})
}

// The byte order mark is known in one place, and as one of JSON5's blanks.
func TestMarkIsInOnePlace(t *testing.T) {
	spelt := regexp.MustCompile(`(?i)\\ufeff|\\xef\\xbb\\xbf`)
	sources(t, func(path string, data []byte) {
		dir := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, root+"/")))
		if !strings.HasSuffix(path, "_test.go") && dir != "internal/mark" && dir != "internal/json5" && spelt.Match(data) {
			t.Errorf("%s spells the byte order mark; internal/mark has it", path)
		}
	})
}
