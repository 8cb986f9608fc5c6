package clientkey

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Most is how many keys there may be. Each request is compared with all of them.
const Most = 200

// keepExpired is how long a key stays listed whose time is over, so that whoever
// still shows it is told why it opens no more.
const keepExpired = 30 * 24 * time.Hour

// Table is the keys that there are, in the order in which they were made.
type Table []Key

// Find returns the key whose hash this is. How long it takes does not depend on
// which one it is, nor on how much of it is right.
func (t Table) Find(hash []byte) (key Key, ok bool) {
	at := -1
	for i := range t {
		right := subtle.ConstantTimeCompare(t[i].Hash, hash)
		at = subtle.ConstantTimeSelect(right, i, at)
	}
	if at < 0 {
		return Key{}, false
	}
	return t[at], true
}

// Named returns the key of a name, whatever the case of its letters.
func (t Table) Named(name string) (key Key, ok bool) {
	i := slices.IndexFunc(t, func(k Key) bool { return strings.EqualFold(k.Name, name) })
	if i < 0 {
		return Key{}, false
	}
	return t[i], true
}

// OfFleet returns the same keys, as those that every host of the fleet takes.
func (t Table) OfFleet() Table {
	all := slices.Clone(t)
	for i := range all {
		all[i].Fleet = true
	}
	return all
}

// Of returns the key that was written into a program's file for an entry of it.
func (t Table) Of(file, entry string) (key Key, ok bool) {
	i := slices.IndexFunc(t, func(k Key) bool { return k.File != "" && k.File == file && k.Entry == entry })
	if i < 0 {
		return Key{}, false
	}
	return t[i], true
}

// Without returns the keys but the one with this id.
func (t Table) Without(id string) Table {
	return slices.DeleteFunc(slices.Clone(t), func(k Key) bool { return k.ID == id })
}

// Kept returns the keys without those whose time has long been over.
func (t Table) Kept(now time.Time) Table {
	return slices.DeleteFunc(slices.Clone(t), func(k Key) bool { return k.Expired(now.Add(-keepExpired)) })
}

// Free is the first of name, name-2, name-3 … that no key has. Of a name that would
// get too long with its number the end is left out.
func (t Table) Free(name string) string {
	free := name
	for n := 2; ; n++ {
		if _, taken := t.Named(free); !taken && !strings.EqualFold(free, Default) {
			return free
		}
		number := "-" + strconv.Itoa(n)
		free = name[:min(len(name), maxName-len(number))] + number
	}
}

// Sound reports whether this can be what was kept: of a table that is not, no
// key is believed.
func (t Table) Sound() bool {
	names, ids := map[string]bool{}, map[string]bool{}
	for _, k := range t {
		name := strings.ToLower(k.Name)
		if CheckName(k.Name) != nil || !strings.HasPrefix(k.ID, "key-") || len(k.Hash) != sha256.Size || names[name] || ids[k.ID] || len(k.Limits) > 6 || k.Account != "" && k.Pool != "" {
			return false
		}
		names[name], ids[k.ID] = true, true
	}
	return len(t) <= Most
}
