package house

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// pages are the documents, by their path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			found[filepath.ToSlash(name)] = string(text)
		}
	}
	if len(found) < 10 {
		t.Fatalf("found only %d documents", len(found))
	}
	return found
}

// link finds the targets of Markdown links and pictures, and of HTML's.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href|srcset)="([^"]+)"`)

// targets are what a page links to, as paths from the root with the anchor.
func targets(page, text string) (all [][2]string) {
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		target := m[1] + m[2]
		if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		path, anchor, _ := strings.Cut(target, "#")
		if path == "" {
			path = page
		} else {
			path = filepath.ToSlash(filepath.Join(filepath.Dir(page), path))
		}
		all = append(all, [2]string{path, anchor})
	}
	return all
}

// anchors are the headings of a page as they stand in links.
func anchors(text string) (all []string) {
	drop := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for line := range strings.SplitSeq(text, "\n") {
		if heading := strings.TrimLeft(line, "#"); heading != line && strings.HasPrefix(heading, " ") {
			all = append(all, strings.ReplaceAll(drop.ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), ""), " ", "-"))
		}
	}
	return all
}

func TestLinksOfTheDocumentsLeadSomewhere(t *testing.T) {
	all, seen := pages(t), 0
	for page, text := range all {
		for _, to := range targets(page, text) {
			seen++
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(to[0]))); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, to[0])
				continue
			}
			if to[1] != "" && !slices.Contains(anchors(all[to[0]]), to[1]) {
				t.Errorf("%s links to %s#%s, and there is no such heading", page, to[0], to[1])
			}
		}
	}
	if seen < 50 {
		t.Errorf("found only %d links", seen)
	}
}

// Whoever starts at docs/README.md reaches every page, and no picture is there
// that nobody sees.
func TestDocumentsAreReached(t *testing.T) {
	all, linked := pages(t), map[string]bool{}
	fromIndex := map[string]bool{}
	for page, text := range all {
		for _, to := range targets(page, text) {
			linked[to[0]] = true
			fromIndex[to[0]] = fromIndex[to[0]] || page == "docs/README.md"
		}
	}
	for page := range all {
		if strings.HasPrefix(page, "docs/") && page != "docs/README.md" && !fromIndex[page] {
			t.Errorf("docs/README.md does not link to %s", page)
		}
	}
	pictures, err := filepath.Glob(filepath.Join(root, "docs", "*", "*.svg"))
	if err != nil || len(pictures) < 20 {
		t.Fatalf("found only %d pictures, %v", len(pictures), err)
	}
	for _, path := range append(pictures, filepath.Join(root, "docs", "token-life.svg")) {
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		if !linked[filepath.ToSlash(name)] {
			t.Errorf("no page shows %s", name)
		}
	}
}

// A task that the documents name is one of Taskfile.yml, and that file parses.
func TestDocumentedTasksExist(t *testing.T) {
	var file struct {
		Version string
		Tasks   map[string]yaml.Node
	}
	strictly(t, "Taskfile.yml", &file)
	named, seen := regexp.MustCompile("`task ([a-z][a-z0-9:]*)`"), 0
	for page, text := range pages(t) {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			seen++
			if _, there := file.Tasks[m[1]]; !there {
				t.Errorf("%s names `task %s`, which does not exist", page, m[1])
			}
		}
	}
	if seen < 3 {
		t.Errorf("found only %d tasks in the documents", seen)
	}
}
