package connect

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// language reads and edits a format.
type language struct {
	// read returns the text as maps, lists and scalars.
	read func([]byte) (map[string]any, error)
	// set returns the text with one setting in it.
	set func([]byte, setting) ([]byte, error)
	// remove returns the text without the setting of a path.
	remove func([]byte, []string) ([]byte, error)
	// add returns the text with one more value in the list of a path.
	add func([]byte, []string, any) ([]byte, error)
	// item returns the text with an object in a list.
	item func([]byte, change) ([]byte, error)
}

var languages = map[Format]language{
	JSON:     {read: readJSON, set: setJSON, remove: removeJSON, add: appendJSON},
	Plain:    {read: readPlain, set: setJSON, remove: removeJSON, add: appendJSON},
	JSON5:    {read: readJSON5, set: setJSON, remove: removeJSON, add: appendJSON},
	YAML:     {read: readYAML, set: setYAML, remove: removeYAML, item: setItem},
	YAMLList: {read: readYAMLList, set: startList, item: setItem},
	TOML:     {read: readTOML, set: setTOML, remove: removeTOML},
}

// Apply returns the file's text with the settings in it, and without those that
// go before them. Everything else stays as it is, comments, order, line endings
// and a byte order mark included; to make sure, the result is read again and
// compared. What cannot be changed safely is a usage error, and the person adds
// the snippet by hand. An empty text is a file that does not exist yet.
func (f Form) Apply(text []byte) ([]byte, error) {
	language, ok := languages[f.Format]
	if !ok {
		return nil, unsafe("there is no file to write for it", nil)
	}
	body, marked := mark.Cut(text)
	if isNothing(body) {
		return append(slices.Clone(text[:len(text)-len(body)]), f.Snippet()...), nil
	}
	if bytes.IndexByte(body, 0) >= 0 {
		return nil, unsafe("the file is not UTF-8 text (UTF-16, as older editors of Windows write it?)", nil)
	}
	want, err := language.read(body)
	if err != nil {
		return nil, unsafe("the file cannot be read as "+string(f.Format), err)
	}
	next := slices.Clone(body)
	for _, s := range f.plan(want) {
		if next, err = s.do(language, next); err != nil {
			what := fmt.Sprintf("the setting %q", dotted(s.path))
			if s.path[0] == wholeList {
				what = "the list"
			}
			return nil, unsafe(what+" cannot be changed in it safely", err)
		}
		want = s.done(want)
	}
	got, err := language.read(next)
	if err != nil || !reflect.DeepEqual(normal(want), normal(got)) {
		return nil, unsafe("the change would touch other settings of the file", err)
	}
	if marked {
		next = append([]byte(mark.Text), next...)
	}
	return next, nil
}

// Drops returns the settings in the file that [Form.Apply] takes out, as dotted
// paths; a file that cannot be read has none.
func (f Form) Drops(text []byte) []string {
	have, err := readAs(f.Format, text)
	if err != nil {
		return nil
	}
	var names []string
	for _, path := range f.drops {
		if _, ok := get(have, path); ok {
			names = append(names, dotted(path))
		}
	}
	return names
}

// readAs reads a program's file; a byte order mark is no part of it.
func readAs(format Format, text []byte) (map[string]any, error) {
	body := mark.Trim(text)
	if isNothing(body) {
		return nil, nil
	}
	if format == dotEnv {
		return readDotEnv(body), nil
	}
	return languages[format].read(body)
}

// change is one step of an edit: a value that is set, added to a list or taken
// out.
type change struct {
	setting
	drop, add bool
	item      *item // that goes into a list
	at        int   // where in the list
	replace   bool  // in the place of another one
}

func (c change) do(l language, text []byte) ([]byte, error) {
	switch {
	case c.drop && l.remove == nil, c.add && l.add == nil, c.item != nil && l.item == nil:
		return nil, errors.New("that is not known for this kind of file")
	case c.item != nil:
		return l.item(text, c)
	case c.add:
		return l.add(text, c.path, c.value)
	case !c.drop:
		return l.set(text, c.setting)
	}
	for range 10 { // JSON may have a name several times
		m, err := l.read(text)
		if err != nil {
			return nil, err
		}
		if _, there := get(m, c.path); !there {
			return text, nil
		}
		if text, err = l.remove(text, c.path); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("it stands there too often")
}

func (c change) done(m map[string]any) map[string]any {
	switch {
	case c.drop:
		parent, _ := get(m, c.path[:len(c.path)-1])
		delete(parent.(map[string]any), c.path[len(c.path)-1])
		return m
	case c.add:
		list, _ := get(m, c.path)
		return put(m, c.path, append(slices.Clone(list.([]any)), plain(c.value)))
	case c.item != nil:
		list, _ := get(m, c.path)
		all := slices.Clone(list.([]any))
		if c.replace {
			all[c.at] = plain(c.value)
		} else {
			all = slices.Insert(all, c.at, plain(c.value))
		}
		return put(m, c.path, all)
	default:
		return put(m, c.path, plain(c.value))
	}
}

// plan is what has to be done to a file that has these settings.
func (f Form) plan(have map[string]any) []change {
	settings := f.settings
	if f.Format == TOML { // which has no way to write a table in the place of another
		settings = leaves(settings)
	}
	var steps []change
	var whole []string
	for i, s := range settings {
		again := slices.ContainsFunc(settings[i+1:], func(later setting) bool { return slices.Equal(later.path, s.path) })
		old, there := get(have, s.path)
		if again || there && old != nil && s.unless || there && same(old, s.value) {
			continue
		}
		if len(whole) > 0 && len(s.path) > len(whole) && slices.Equal(s.path[:len(whole)], whole) {
			continue // it is set with its mapping already
		}
		if whole = f.written(have, s.path); whole != nil {
			s = at(within(settings, whole), whole...)
		}
		steps = append(steps, change{setting: s})
	}
	for _, s := range f.listed {
		old, there := get(have, s.path)
		if list, ok := old.([]any); there && ok && !slices.Contains(list, s.value) {
			steps = append(steps, change{setting: s, add: true})
		}
	}
	for _, it := range f.items {
		if step := it.plan(have); step != nil {
			steps = append(steps, *step)
		}
	}
	for _, path := range f.drops {
		if _, there := get(have, path); there {
			steps = append(steps, change{setting: setting{path: path}, drop: true})
		}
	}
	return steps
}

// written returns the mapping above a path that the file has as a single value;
// nil when there is none.
func (f Form) written(have map[string]any, path []string) []string {
	for _, short := range f.short {
		value, there := get(have, short)
		_, mapping := value.(map[string]any)
		if there && value != nil && !mapping && strings.HasPrefix(dotted(path), dotted(short)+".") {
			return short
		}
	}
	return nil
}
