package serve

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
)

// tellAgain is how often it is told that conversations are still under way: what was
// told before is forgotten after [seatsLast].
const tellAgain = time.Minute

// Bounds of what is remembered of conversations, in memory alone.
const (
	mostConversations = 2048      // of one program's key; the one that was idle longest is forgotten first
	conversationIdle  = time.Hour // after which the provider's cache has forgotten it, too
)

// Conversation names requests that belong together, so that they stay with the
// account whose cache knows them. The zero value is none.
type Conversation struct {
	Client string // whose it is: the name of the key that the program shows
	ID     string // among the client's
}

// conversations is where the conversations are. It is safe for concurrent use.
type conversations struct {
	mu      sync.Mutex
	clients map[string]*seats
	changed func() // is told when a count has changed, and that the counts still are as they were
	told    time.Time
}

func newConversations(changed func()) *conversations {
	return &conversations{clients: map[string]*seats{}, changed: changed}
}

// seats are the conversations of one client, the latest first.
type seats struct {
	order *list.List // of *seat
	known map[seatKey]*list.Element
}

type seatKey struct {
	pool pool.ID
	id   string
}

// seat is where a conversation is: its home, and the account that serves it while
// its home cannot.
type seat struct {
	seatKey
	home, standIn string
	served        bool // its home has served it
	gone          bool // its home serves nobody before a person does something
	used          time.Time
}

// prefer returns which accounts go first for a conversation: its home, then its
// stand-in. From a home that serves nobody before a person does something the
// conversation moves to whoever is asked next.
func (c *conversations) prefer(of Conversation, in pool.ID, isGone func(id string) bool, now time.Time) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	client := c.clients[of.Client]
	if of.ID == "" || client == nil {
		return nil
	}
	client.clear(now)
	at := client.known[seatKey{in, of.ID}]
	if at == nil {
		return nil
	}
	s := at.Value.(*seat)
	s.gone = isGone(s.home)
	return slices.DeleteFunc([]string{s.home, s.standIn}, func(id string) bool { return id == "" })
}

// gone reports whether an account serves nobody before a person does something.
func gone(r pool.Row) bool {
	return slices.Contains([]pool.Reason{pool.NeedsSignIn, pool.SignedOut, pool.NotIncluded}, r.Out)
}

// sit notes that an account is asked for a conversation, or, once it has served
// it, that it is at home there. Whoever comes in place of a home that has served
// is a stand-in.
func (c *conversations) sit(of Conversation, in pool.ID, account string, served bool, now time.Time) {
	if of.ID == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	client := c.clients[of.Client]
	if client == nil {
		client = &seats{list.New(), map[seatKey]*list.Element{}}
		c.clients[of.Client] = client
	}
	s := client.at(seatKey{in, of.ID}, now)
	before := s.home
	switch {
	case s.home == "" || served && !s.served || s.gone && account != s.home:
		s.home, s.standIn, s.served, s.gone = account, "", served, false
	case s.home == account:
		s.served = s.served || served
	case served:
		s.standIn = account
	}
	if since := now.Sub(c.told); s.home != before || since >= tellAgain || since < 0 {
		c.told = now
		c.changed()
	}
}

// at returns the seat of a conversation, a new one where it has none.
func (c *seats) at(key seatKey, now time.Time) *seat {
	if at := c.known[key]; at != nil {
		c.order.MoveToFront(at)
		s := at.Value.(*seat)
		s.used = now
		return s
	}
	s := &seat{seatKey: key, used: now}
	c.known[key] = c.order.PushFront(s)
	c.clear(now)
	return s
}

// clear forgets what was idle too long, or is too much.
func (c *seats) clear(now time.Time) {
	for at := c.order.Back(); at != nil; at = c.order.Back() {
		s := at.Value.(*seat)
		idle := now.Sub(s.used)
		if c.order.Len() <= mostConversations && idle >= 0 && idle <= conversationIdle {
			return
		}
		if idle < 0 && c.order.Len() <= mostConversations { // the clock went back
			s.used = now
			return
		}
		delete(c.known, s.seatKey)
		c.order.Remove(at)
	}
}

// counts returns how many conversations are at home at each account.
func (c *conversations) counts(now time.Time) map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := map[string]int{}
	for name, client := range c.clients {
		client.clear(now)
		if client.order.Len() == 0 {
			delete(c.clients, name)
		}
		for e := client.order.Front(); e != nil; e = e.Next() {
			at[e.Value.(*seat).home]++
		}
	}
	return at
}
