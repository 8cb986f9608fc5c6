package house

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/words.md anew")

// wordsHead begins docs/words.md.
const wordsHead = `# Words

Every sentence that the program can say, by the package that says it, taken from the code by a test. Read it from top to bottom before a release: a word here that is not in the
[glossary](architecture.md#words) has to have a reason. What is put in at run time is written as in the code: ` + "`%s`" + ` for text, ` + "`%d`" + ` for a number, ` + "`…`" + ` for a part that is worked out.

Write it anew with ` + "`go test ./internal/house -run TestWords -update`" + `.
`

// oldVoice are words for which there are better ones.
var oldVoice = regexp.MustCompile(`(?i)\bcalled so\b|\bmends?\b|\bmended\b|\brests\b|\bsettles\b|\bis named by\b|\bno action is\b|\btakes no argument\b`)

// TestWords holds docs/words.md against the code, and the sentences against words of
// an older voice.
func TestWords(t *testing.T) {
	top := filepath.Join("..", "..")
	said := map[string][]string{}
	for _, dir := range []string{"cmd/hermes-tui", "core", "keystore", "proxy", "tui"} {
		err := filepath.WalkDir(filepath.Join(top, dir), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || strings.HasSuffix(d.Name(), "test")):
				return filepath.SkipDir
			case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			of, err := filepath.Rel(top, filepath.Dir(path))
			if err != nil {
				return err
			}
			sentences, err := sentencesOf(path)
			said[filepath.ToSlash(of)] = append(said[filepath.ToSlash(of)], sentences...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var page strings.Builder
	page.WriteString(wordsHead)
	packages := make([]string, 0, len(said))
	for of, sentences := range said {
		if len(sentences) > 0 {
			packages = append(packages, of)
		}
	}
	slices.Sort(packages)
	for _, of := range packages {
		fmt.Fprintf(&page, "\n## %s\n\n", strings.TrimPrefix(of, "cmd/hermes-tui/internal/"))
		slices.Sort(said[of])
		for _, sentence := range slices.Compact(said[of]) {
			fmt.Fprintf(&page, "- %s\n", sentence)
			if word := oldVoice.FindString(sentence); word != "" {
				t.Errorf("%s says %q in %q", of, word, sentence)
			}
		}
	}
	path := filepath.Join(top, "docs", "words.md")
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != page.String() {
		t.Errorf("docs/words.md is not what the code says (%v); write it anew with -update, and read what has changed", err)
	}
}

// sentencesOf are the texts of a file that people read: what has words with blanks
// between them, and is no pattern, name or tag.
func sentencesOf(path string) (found []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false
		case *ast.CallExpr:
			if of, ok := n.Fun.(*ast.SelectorExpr); ok && fmt.Sprint(of.X) == "regexp" {
				return false
			}
		case ast.Expr:
			if text, ok := joined(n); ok {
				for paragraph := range strings.SplitSeq(text, "\n\n") {
					if line := strings.Join(strings.Fields(paragraph), " "); isSentence(line) {
						found = append(found, line)
					}
				}
				return false
			}
		}
		return true
	})
	return found, nil
}

// joined is the text of a literal, or of literals with something between them.
func joined(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, isLeft := joined(e.X)
		right, isRight := joined(e.Y)
		if !isLeft && !isRight {
			return "", false
		}
		if !isLeft {
			left = "…"
		}
		if !isRight {
			right = "…"
		}
		return left + right, true
	}
	return "", false
}

var word = regexp.MustCompile(`(?:^|[\s("“])[A-Za-z][a-z'’-]+[.,;:!?)"”]*`)

func isSentence(text string) bool {
	return len(word.FindAllString(text, 3)) >= 2 && strings.Contains(text, " ") && !strings.ContainsAny(text, "\x1b") && !strings.Contains(text, "</") && !strings.HasPrefix(text, "hermes-tui ")
}
