package connect

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// dotEnv is a file of variables, one a line. It is only read.
const dotEnv Format = "env"

// rivals are what a program takes before, or instead of, what stands in its file
// for us: the one table that `connect`, `exec` and `doctor` look things up in.
type rivals struct {
	// variables of the environment that go before our settings.
	variables []string
	// keys of the program's own file that go before ours; `connect --write`
	// takes them out.
	drops [][]string
	// keys of the program's own file that the forms set, and that go before the
	// environment: `exec` has to overrule them.
	owned [][]string
	// keys of the program's own file that can lead elsewhere, and that are the
	// person's choice: they are named. "*" stands for every name, and for every
	// item of a list.
	named [][]string
	// files that the program reads beside its own, and the keys that count in
	// them.
	files func(w World, own string) []rivalFile
}

// rivalFile is a further file of a program.
type rivalFile struct {
	path    string
	format  Format
	keys    [][]string
	managed bool // an administrator's
}

// Rival is one setting that goes before ours.
type Rival struct {
	File string // empty: the environment
	Key  string // dotted path, or the variable
	Own  bool   // it stands in the program's own file
	// Dropped says that `connect --write` takes it out.
	Dropped bool
	Managed bool // an administrator set it
}

// String says where it stands. No value is ever named.
func (r Rival) String() string {
	if r.File == "" {
		return r.Key + " in the environment"
	}
	return r.Key + " in " + r.File
}

// Variables returns the names of the environment variables that the program
// takes before what it was given here.
func (p Program) Variables() []string { return slices.Clone(p.rivals.variables) }

// Rivals returns what the program would take before the settings that `connect`
// writes into the file at own. Files that cannot be read have nothing to say.
func (p Program) Rivals(w World, own string) []Rival {
	var found []Rival
	for _, name := range p.rivals.variables {
		if w.Env(name) != "" {
			found = append(found, Rival{Key: name})
		}
	}
	files := []rivalFile{{path: own, format: p.format, keys: slices.Concat(p.rivals.drops, p.rivals.named)}}
	if p.rivals.files != nil {
		files = append(files, p.rivals.files(w, own)...)
	}
	for _, f := range files {
		text, err := w.Read(f.path)
		if err != nil {
			continue
		}
		have, err := readAs(f.format, text)
		if err != nil {
			continue
		}
		for _, key := range matches(have, f.keys) {
			at := slices.IndexFunc(p.rivals.drops, func(path []string) bool { return dotted(path) == key })
			dropped := f.path == own && at >= 0
			if dropped && wrote(have, p.rivals.drops[at]) {
				continue
			}
			found = append(found, Rival{File: f.path, Key: key, Own: f.path == own, Dropped: dropped, Managed: f.managed})
		}
	}
	return found
}

// wrote reports whether what stands under a path is what `connect` put there.
func wrote(have map[string]any, path []string) bool {
	value, _ := get(have, path)
	text, ok := value.(string)
	return ok && Connected([]byte(text))
}

// matches returns the paths of settings that are there, in the order of the
// patterns.
func matches(have map[string]any, patterns [][]string) []string {
	var found []string
	for _, pattern := range patterns {
		for _, path := range match(have, pattern, nil) {
			found = append(found, dotted(path))
		}
	}
	return found
}

func match(value any, pattern, path []string) [][]string {
	if len(pattern) == 0 {
		if value == nil || value == "" {
			return nil
		}
		return [][]string{path}
	}
	var found [][]string
	each := func(key string, inner any) {
		if pattern[0] == "*" || pattern[0] == key {
			found = append(found, match(inner, pattern[1:], append(slices.Clone(path), key))...)
		}
	}
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			each(key, v[key])
		}
	case []any:
		for i, inner := range v {
			each(strconv.Itoa(i), inner)
		}
	}
	return found
}

// upwards are the files of these names in a folder and in those above it, up to
// the home folder or the root.
func upwards(dir, home string, names ...string) []string {
	var found []string
	for dir != "" && filepath.IsAbs(dir) {
		if dir == home {
			break
		}
		for _, name := range names {
			found = append(found, filepath.Join(dir, filepath.FromSlash(name)))
		}
		above := filepath.Dir(dir)
		if above == dir {
			break
		}
		dir = above
	}
	return found
}

// readDotEnv reads lines of NAME=value.
func readDotEnv(text []byte) map[string]any {
	m := map[string]any{}
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if ok && !strings.HasPrefix(name, "#") {
			m[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return m
}

// paths are the paths of keys that stand under one name.
func paths(under string, names ...string) [][]string {
	list := make([][]string, len(names))
	for i, name := range names {
		list[i] = []string{under, name}
	}
	return list
}

// words are keys of the root.
func words(names ...string) [][]string {
	list := make([][]string, len(names))
	for i, name := range names {
		list[i] = []string{name}
	}
	return list
}

// Overruling returns the settings in the program's files that go before its
// environment.
func (p Program) Overruling(w World, own string) []Rival {
	p.rivals.named = slices.Concat(p.rivals.named, p.rivals.owned)
	return slices.DeleteFunc(p.Rivals(w, own), func(r Rival) bool { return r.File == "" })
}
