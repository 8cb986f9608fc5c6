package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
)

const module = "github.com/hermes-tui/hermes-tui"

// room is a package, or several that a reader needs to know as one only.
type room struct {
	name  string
	floor int
	level int // within the floor, from the bottom
	uses  map[string]bool
}

// floors are the layers, from the top, each with what its packages begin with.
var floors = []struct {
	name     string
	prefixes []string
}{
	{"commands", []string{"cmd/hermes-tui"}},
	{"window, proxy, front door", []string{"hermestui", "tui", "proxy", "sandbox"}},
	{"the accounts' life", []string{"core/setup", "core", "core/accounts", "core/serve", "core/signin", "core/interop", "core/state"}},
	{"rules and records", []string{"core/"}},
	{"secrets and the system", []string{"keystore", "internal"}},
}

// read asks go which packages the program is made of.
func read() (map[string]*room, error) {
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", "./cmd/hermes-tui", ".").Output()
	if err != nil {
		return nil, err
	}
	house := map[string]*room{}
	for packages := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := packages.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		name, ours := roomOf(p.ImportPath)
		if !ours {
			continue
		}
		r := house[name]
		if r == nil {
			r = &room{name: name, floor: floorOf(name), uses: map[string]bool{}}
			house[name] = r
		}
		for _, path := range p.Imports {
			if used, ours := roomOf(path); ours && used != name {
				r.uses[used] = true
			}
		}
	}
	for _, r := range house {
		r.level = level(house, r)
	}
	return house, nil
}

// roomOf is the room in which a package is. The commands are one, and so are the
// internal packages: each of them is for itself.
func roomOf(path string) (name string, ours bool) {
	if path == module {
		return "hermestui", true
	}
	name, ours = strings.CutPrefix(path, module+"/")
	for _, one := range []string{"internal", "cmd/hermes-tui"} {
		if strings.HasPrefix(name, one+"/") {
			return one, true
		}
	}
	return name, ours
}

func floorOf(name string) int {
	best, length := len(floors)-1, -1
	for i, f := range floors {
		for _, prefix := range f.prefixes {
			fits := name == prefix || strings.HasPrefix(name, prefix+"/") || strings.HasSuffix(prefix, "/") && strings.HasPrefix(name, prefix)
			if fits && len(prefix) > length && (prefix != "core" || name == "core") {
				best, length = i, len(prefix)
			}
		}
	}
	return best
}

// level is how many rooms of its own floor stand below a room.
func level(house map[string]*room, r *room) (most int) {
	for name := range r.uses {
		if below := house[name]; below != nil && below.floor == r.floor {
			most = max(most, 1+level(house, below))
		}
	}
	return most
}

// arrows are the uses that do not follow from others, by name.
func arrows(house map[string]*room) (found [][2]string) {
	reaches := map[string]map[string]bool{}
	var reach func(name string) map[string]bool
	reach = func(name string) map[string]bool {
		if all := reaches[name]; all != nil {
			return all
		}
		all := map[string]bool{}
		reaches[name] = all
		for used := range house[name].uses {
			all[used] = true
			maps.Copy(all, reach(used))
		}
		return all
	}
	for _, from := range slices.Sorted(maps.Keys(house)) {
		for _, to := range slices.Sorted(maps.Keys(house[from].uses)) {
			follows := false
			for other := range house[from].uses {
				follows = follows || other != to && reach(other)[to]
			}
			if !follows {
				found = append(found, [2]string{from, to})
			}
		}
	}
	return found
}
