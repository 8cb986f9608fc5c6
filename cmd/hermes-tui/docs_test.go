package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// top is the project's root, seen from here.
const top = "../.."

// called finds "hermes-tui …" in code: what a person copies and runs.
var called = regexp.MustCompile("(?:^|[ (`\"'])hermes-tui ([a-z-][^`\n]*)")

// code finds code spans and indented or fenced lines of Markdown.
func code(text string) (found []string) {
	fenced := false
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if fenced || strings.HasPrefix(line, "    ") {
			found = append(found, line)
			continue
		}
		for i, span := range strings.Split(line, "`") {
			if i%2 == 1 {
				found = append(found, span)
			}
		}
	}
	return found
}

// A command or flag that the documents name exists.
func TestDocumentedCommandsExist(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	contrib, _ := filepath.Glob(filepath.Join(top, "contrib", "*.service"))
	paths = append(append(paths, contrib...), filepath.Join(top, "README.md"), filepath.Join(top, "CONTRIBUTING.md"), filepath.Join(top, "CHANGELOG.md"))
	seen := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spans := code(string(text))
		if !strings.HasSuffix(path, ".md") {
			spans = strings.Split(string(text), "\n")
		}
		for _, span := range spans {
			for _, match := range called.FindAllStringSubmatch(span, -1) {
				seen++
				for _, line := range alternatives(match[1]) {
					if problem := unknownCall(strings.Fields(line)); problem != "" {
						t.Errorf("%s: `hermes-tui %s`: %s", path, match[1], problem)
					}
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("found only %d calls in the documents", seen)
	}
}

// alternatives reads "list | status" as two calls, and drops comments and what
// comes after a pipe into another program.
func alternatives(call string) (lines []string) {
	call, _, _ = strings.Cut(call, " #")
	for i, part := range strings.Split(call, " | ") {
		words := strings.Fields(part)
		if len(words) == 0 || i > 0 && (!isCommand(words[0]) || words[0] == "man" && len(words) > 1) {
			break
		}
		lines = append(lines, part)
	}
	return lines
}

func documented() *cobra.Command { return rootCommand(newSession(), nil) }

func isCommand(name string) bool {
	found, _, err := documented().Find([]string{name})
	return err == nil && found.Name() != "hermes-tui"
}

// unknownCall says what of a call does not exist.
func unknownCall(words []string) string {
	root := documented()
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	at := root
	for _, word := range words {
		word = strings.Trim(word, `,.;:()[]"'…`)
		if word == "--" {
			return ""
		}
		if strings.HasPrefix(word, "-") {
			name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
			for _, name := range strings.Split(name, "|--") {
				if !hasFlag(at, name) {
					return "there is no flag --" + name
				}
			}
			continue
		}
		if next, _, err := at.Find([]string{word}); err == nil && next != at {
			at = next
			continue
		}
		if at == root && regexp.MustCompile(`^[a-z]+$`).MatchString(word) {
			return "there is no command " + word
		}
	}
	return ""
}

func hasFlag(cmd *cobra.Command, name string) bool {
	if name == "help" || name == "h" {
		return true
	}
	for c := cmd; c != nil; c = c.Parent() {
		if c.Flags().Lookup(name) != nil || c.PersistentFlags().Lookup(name) != nil {
			return true
		}
		if len(name) == 1 && c.Flags().ShorthandLookup(name) != nil {
			return true
		}
	}
	return false
}
