package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// What a reader can hold in mind at once. The bounds are those of the house and
// are not raised: what outgrows one is two things.
const (
	mostLines    = 350 // of a file that is not a test
	medianLines  = 110
	mostMethods  = 40 // of a type
	mostExported = 40 // top-level names of a package; the constants of one block count once
)

func TestFilesStaySmall(t *testing.T) {
	var all []int
	sources(t, func(path string, data []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		lines := bytes.Count(data, []byte("\n"))
		if all = append(all, lines); lines > mostLines {
			t.Errorf("%s has %d lines, at most %d: is it still about one thing?", path, lines, mostLines)
		}
	})
	slices.Sort(all)
	if median := all[len(all)/2]; median > medianLines {
		t.Errorf("half of the files have more than %d lines, at most %d", median, medianLines)
	}
}

func TestTypesAndPackagesStaySmall(t *testing.T) {
	methods, exported := map[string]int{}, map[string]int{}
	sources(t, func(file string, data []byte) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, data, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		where := strings.TrimPrefix(path.Dir(file), root+"/")
		for _, d := range parsed.Decls {
			if on := receiver(d); on != "" {
				methods[where+"."+on]++
			}
			exported[where+" exported"] += names(d)
		}
	})
	if len(methods) < 50 || len(exported) < 30 {
		t.Fatalf("found only %d types and %d packages", len(methods), len(exported))
	}
	check(t, methods, mostMethods, "methods")
	check(t, exported, mostExported, "names")
}

func check(t *testing.T, sizes map[string]int, most int, of string) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(sizes)) {
		if n := sizes[what]; n > most {
			t.Errorf("%s: %d %s, at most %d", what, n, of, most)
		}
	}
}

// receiver is the type whose method is declared here.
func receiver(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok || f.Recv == nil {
		return ""
	}
	on := f.Recv.List[0].Type
	if star, ok := on.(*ast.StarExpr); ok {
		on = star.X
	}
	if generic, ok := on.(*ast.IndexExpr); ok {
		on = generic.X
	}
	if name, ok := on.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// names is how many names a declaration adds to those that its package exports.
func names(d ast.Decl) (n int) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.IsExported() {
			return 1
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() {
					n++
				}
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					if name.IsExported() {
						n++
					}
				}
			}
		}
		if d.Tok == token.CONST {
			n = min(n, 1)
		}
	}
	return n
}
