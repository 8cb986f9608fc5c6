//go:build unix

package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// chronicle is what became of each account in the store, and what its provider was
// asked, in the order in which this was seen: it says why something was lost.
type chronicle struct {
	keys  roster.Keys
	store *etcd.Client
	began time.Time

	mu     sync.Mutex
	lines  map[string][]string
	intent map[string]string // the host whose intent stands, by account
}

func newChronicle(d depot) *chronicle {
	return &chronicle{
		keys: d.Keys, store: d.Client, began: time.Now(),
		lines: map[string][]string{}, intent: map[string]string{},
	}
}

// note adds a line of an account.
func (c *chronicle) note(id, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines[id] = append(c.lines[id], fmt.Sprintf("%8.3f ", time.Since(c.began).Seconds())+fmt.Sprintf(format, args...))
}

// of is the last of an account.
func (c *chronicle) of(id string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.lines[id]
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// follow writes down what happens until ctx is done.
func (c *chronicle) follow(ctx context.Context) {
	from := int64(1)
	for ctx.Err() == nil {
		for batch, err := range c.store.Watch(ctx, c.keys.Accounts(), from) {
			if err != nil {
				break
			}
			from = batch.Next
			for _, event := range batch.Events {
				c.saw(event)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *chronicle) saw(event etcd.Event) {
	id, which, ok := c.keys.AccountOf(event.Key)
	switch {
	case !ok:
	case which == "busy" && event.Deleted():
		c.note(id, "revision %d: not busy", event.Mod)
	case which == "busy":
		c.note(id, "revision %d: busy", event.Mod)
	case which == "head" && !event.Deleted():
		var h plainHead
		if json.Unmarshal(event.Value, &h) != nil {
			return
		}
		host, op := "", ""
		if in := h.Body.Intent; in != nil {
			host, op = in.Host, in.Op
		}
		c.mu.Lock()
		c.intent[id] = host
		c.mu.Unlock()
		at := ""
		if h.Body.Head.Ref != nil {
			at = h.Body.Head.Ref.Name
		}
		c.note(id, "revision %d: generation %d %s, until %s, tokens %.8s, by %s, intent of %q %.8s", event.Mod, h.Body.Head.Gen, h.Body.Head.Status,
			h.Body.Head.ExpiresAt.Format("05.000"), last(at), h.Body.By, host, last(op))
	}
}

// last is the end of a name, by which it can be told from others.
func last(name string) string { return name[max(0, len(name)-8):] }
