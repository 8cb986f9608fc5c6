package connect

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

var update = flag.Bool("update-shapes", false, "write what Apply makes of testdata/shapes")

// TestForm_ApplyOnFilesThatPeopleHave: testdata/shapes has a folder a program.
// Beside each file stands what becomes of it (.want), or why it is refused
// (.refused).
func TestForm_ApplyOnFilesThatPeopleHave(t *testing.T) {
	for _, p := range Programs() {
		if p.File == "" {
			continue
		}
		use := miniMax()
		if !slices.Contains(p.APIs, anthropicMessages) {
			use = both()
		}
		f, err := p.Form(use, "")
		if err != nil {
			t.Fatal(err)
		}
		shapes := 0
		for _, path := range inputs(t, filepath.Join("testdata", "shapes", p.ID)) {
			shapes++
			t.Run(p.ID+"/"+filepath.Base(path), func(t *testing.T) { applies(t, p, f, path) })
		}
		if shapes < 10 {
			t.Errorf("%s has %d shapes, want at least ten", p.ID, shapes)
		}
	}
}

func inputs(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range all {
		if !strings.HasSuffix(path, ".want") && !strings.HasSuffix(path, ".refused") {
			found = append(found, path)
		}
	}
	return found
}

func applies(t *testing.T, p Program, f Form, path string) {
	t.Helper()
	text := file(t, path)
	got, err := f.Apply(text)
	if *update {
		_ = os.Remove(path + ".want")
		_ = os.Remove(path + ".refused")
		name, content := path+".want", got
		if err != nil {
			name, content = path+".refused", []byte(err.Error()+"\n")
		}
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, refused := os.ReadFile(path + ".refused"); refused == nil {
		if autherr.KindOf(err) != autherr.Usage || err.Error()+"\n" != string(want) || got != nil {
			t.Errorf("got %q, %v; want refused: %s", got, err, want)
		}
		return
	} else if !errors.Is(refused, fs.ErrNotExist) {
		t.Fatal(refused)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file(t, path+".want")), string(got)); diff != "" {
		t.Error(diff)
	}
	again, err := f.Apply(got)
	if err != nil || !bytes.Equal(again, got) {
		t.Errorf("applied again it is not the same: %v\n%s", err, again)
	}
	if left := f.Drops(got); len(left) > 0 {
		t.Errorf("%v still go before %s's settings", left, p.Name)
	}
	for line := range strings.Lines(string(text)) {
		if i := strings.IndexAny(line, "#"); i >= 0 && !strings.Contains(line, "theirs") && !bytes.Contains(got, []byte(strings.TrimRight(line[i:], "\r\n"))) {
			t.Errorf("the comment is gone: %s", line)
		}
	}
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
