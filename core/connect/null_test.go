package connect

import (
	"slices"
	"strings"
	"testing"
)

// A null in a program's file is as nothing: where ours goes, above it, in a list that
// ours goes into, and where something of before stands that is taken out.
func TestForm_ApplyOverNull(t *testing.T) {
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
		if f.Format == TOML || f.Format == Shell { // they have no null
			continue
		}
		paths := slices.Clone(f.drops)
		for _, s := range append(slices.Clone(f.settings), f.listed...) {
			paths = append(paths, s.path)
		}
		for _, it := range f.items {
			paths = append(paths, it.listPath())
		}
		for _, path := range paths {
			for depth := range len(path) + 1 {
				text := "null"
				if f.Format == YAML || f.Format == YAMLList {
					text = "~"
				}
				for _, key := range slices.Backward(path[:depth]) {
					if key == wholeList {
						continue
					}
					text = `{"keep":1,` + quoteJSON(key) + ":" + text + "}"
				}
				got, err := f.Apply([]byte(text + "\n"))
				if err != nil {
					t.Errorf("%s: %s: %v", p.ID, text, err)
					continue
				}
				have, err := readAs(f.Format, got)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range f.settings {
					if value, _ := get(have, s.path); value == nil {
						t.Errorf("%s: %s: %s is not set: %s", p.ID, text, dotted(s.path), got)
					}
				}
				if again, err := f.Apply(got); err != nil || string(again) != string(got) {
					t.Errorf("%s: %s: twice it is %s, %v", p.ID, text, again, err)
				}
				if strings.Contains(text, "keep") != strings.Contains(string(got), "keep") {
					t.Errorf("%s: %s became %s", p.ID, text, got)
				}
			}
		}
	}
}
