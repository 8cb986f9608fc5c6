package keystore

import (
	"context"
	"strconv"
	"strings"
)

// Enumerator is a [Backend] that can say which items it has. macOS has no such
// call that would not ask for each of them.
type Enumerator interface {
	// Items returns the user names under service. It opens nothing.
	Items(service string) ([]string, error)
}

// List implements [Lister]: the names of which at least one part is there. It
// returns none where the keyring of this system cannot be listed, and leaves
// the items of other stores out.
func (k *Keyring) List(ctx context.Context) ([]string, error) {
	ring, ok := k.o.Backend.(Enumerator)
	if !ok {
		return nil, nil
	}
	var items []string
	err := k.do(ctx, "list", func() (err error) {
		items, err = ring.Items(service)
		return err
	})
	if err != nil {
		return nil, err
	}
	var names []string
	known := map[string]bool{}
	for _, item := range items {
		name, ours := k.nameOf(item)
		if ours && !known[name] {
			known[name] = true
			names = append(names, name)
		}
	}
	return names, nil
}

// nameOf is the name of the blob that an item is a part of.
func (k *Keyring) nameOf(item string) (name string, ours bool) {
	rest, ours := strings.CutPrefix(item, k.o.StoreID+"/")
	name, index, _ := strings.Cut(rest, "/")
	if _, err := strconv.ParseUint(index, 10, 16); err != nil {
		return "", false
	}
	return name, ours && checkName("list", name) == nil
}
