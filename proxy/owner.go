package proxy

import (
	"bytes"
	"cmp"
	"container/list"
	"maps"
	"slices"
	"sync"
)

// mostOwned is how many responses of one program's key are remembered; the one
// that was not named for longest is forgotten first.
const mostOwned = 2048

// mostClients is how many keys' responses are remembered; those of the key that was
// idle longest are forgotten first.
const mostClients = 256

// owner is who has made a response: the account that alone can go on with it, and
// the key of the program that alone may.
type owner struct{ account, client string }

// owners is who has made what, by the names that the providers gave. It is in
// memory alone, and safe for concurrent use.
type owners struct {
	mu      sync.Mutex
	known   map[string]*list.Element
	clients map[string]*made
	turn    uint64 // goes up each time a key's responses are asked about
}

// made is what was made with one key.
type made struct {
	order *list.List // of *owned, the latest first
	turn  uint64     // in which it was asked about last
}

type owned struct {
	id string
	owner
}

func newOwners() *owners {
	return &owners{known: map[string]*list.Element{}, clients: map[string]*made{}}
}

// note remembers who has made a response. The first who did stays.
func (o *owners) note(id string, by owner) {
	if id == "" || len(id) > mostName {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known[id] != nil {
		return
	}
	order := o.of(by.client).order
	o.known[id] = order.PushFront(&owned{id, by})
	if order.Len() > mostOwned {
		last := order.Back()
		delete(o.known, order.Remove(last).(*owned).id)
	}
}

// find returns who has made a response.
func (o *owners) find(id string) (owner, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := o.known[id]
	if at == nil {
		return owner{}, false
	}
	found := at.Value.(*owned)
	o.of(found.client).order.MoveToFront(at)
	return found.owner, true
}

// of is what was made with a key, which has its turn now.
func (o *owners) of(client string) *made {
	one := o.clients[client]
	if one == nil {
		if len(o.clients) >= mostClients {
			o.forgetIdle()
		}
		one = &made{order: list.New()}
		o.clients[client] = one
	}
	o.turn++
	one.turn = o.turn
	return one
}

// forgetIdle forgets what was made with the key that was idle longest.
func (o *owners) forgetIdle() {
	idle := slices.MinFunc(slices.Collect(maps.Keys(o.clients)), func(a, b string) int { return cmp.Compare(o.clients[a].turn, o.clients[b].turn) })
	for at := o.clients[idle].order.Front(); at != nil; at = at.Next() {
		delete(o.known, at.Value.(*owned).id)
	}
	delete(o.clients, idle)
}

// madeIn is the name of what an answer of the API made: that of a response or a
// conversation, in its beginning.
func madeIn(answer []byte) string {
	id, object := "", ""
	members(answer, func(name, value []byte) bool {
		switch string(name) {
		case "id":
			id = textOf(value)
		case "object":
			object = textOf(value)
		}
		return id == "" || object == ""
	})
	if object != "response" && object != "conversation" {
		return ""
	}
	return id
}

// createdIn is the name of the response that a stream's event announces, in its
// beginning: instructions and tools are repeated behind it.
func createdIn(data []byte) (id string) {
	if !bytes.Contains(data, []byte(`"response.created"`)) {
		return ""
	}
	kind := ""
	members(data, func(name, value []byte) bool {
		switch string(name) {
		case "type":
			kind = textOf(value)
		case "response":
			if ids := idsOf(value); len(ids) > 0 {
				id = ids[0]
			}
		}
		return true
	})
	if kind != "response.created" {
		return ""
	}
	return id
}
