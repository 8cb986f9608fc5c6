package hermes

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// NewFile is an auth.json that holds nothing yet.
func NewFile() *File {
	f := &File{Format: AuthJSON}
	f.top.put("version", 1)
	f.top.put("active_provider", nil)
	f.top.put(sectionProviders, map[string]any{})
	f.top.put(sectionPool, map[string]any{})
	return f
}

// With returns the file's bytes with accounts put in, in this order. An account
// whose id stands in its provider's pool takes that row's place, or that of the
// row that has an older token of its grant; else the first
// one of a provider without a sign-in becomes its singleton, together with the
// pool row that mirrors it, and every other one, as every API key, a row of its
// own. What else
// stands in a row or block is kept; a dead one is alive again, and a singleton
// that was signed out of is looked at again.
func (f *File) With(entries []Entry, now time.Time) ([]byte, error) {
	top := f.top.copy()
	providers, pools := top.object(sectionProviders), top.object(sectionPool)
	shelves := map[string]*shelf{}
	for _, e := range entries {
		if e.Key {
			e.Provider = keyProvider(e.Provider, e.Region)
		}
		shelf, ok := shelves[e.Provider]
		if !ok {
			shelf = newShelf(pools.values[e.Provider])
			shelves[e.Provider] = shelf
		}
		block := providers.object(e.Provider)
		row, at, found := shelf.find(e.ID)
		if !found && e.Row != "" {
			row, at, found = shelf.find(e.Row)
		}
		mirror := found && ownsSecret(e.Provider, row.text("source"))
		if !found {
			mirror = !e.Key && (blockFree(block) || e.Singleton)
			row = e.newRow(at, mirror)
		}
		e.intoRow(&row, now)
		shelf.put(at, row.text("id"), row.bytes())
		if mirror {
			e.intoBlock(&block, now)
			providers.set(e.Provider, block.bytes())
			wanted(&top, e.Provider, row.text("source"))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(shelves)) {
		pools.set(id, joined(shelves[id].rows))
	}
	return f.rendered(top, providers, pools, now)
}

// shelf is a provider's pool with the places of its ids.
type shelf struct {
	rows []json.RawMessage
	at   map[string]int
}

func newShelf(raw json.RawMessage) *shelf {
	s := &shelf{at: map[string]int{}}
	s.rows, _ = list(raw)
	for i, raw := range s.rows {
		if row, err := parseObject(raw); err == nil && row.has("id") {
			s.at[row.text("id")] = i
		}
	}
	return s
}

// find returns the row with an id and its place, or the place for a new one.
func (s *shelf) find(id string) (row object, at int, found bool) {
	at, found = s.at[id]
	if !found {
		return object{}, len(s.rows), false
	}
	row, _ = parseObject(s.rows[at])
	return row, at, true
}

func (s *shelf) put(at int, id string, row json.RawMessage) {
	if at == len(s.rows) {
		s.rows = append(s.rows, nil)
	}
	s.rows[at], s.at[id] = row, at
}

// blockFree reports whether a provider's block holds no tokens.
func blockFree(block object) bool {
	return !block.has("access_token") && !block.has("refresh_token") &&
		!block.object("tokens").has("access_token") && !block.object("tokens").has("refresh_token")
}

// Refreshes returns which accounts of a provider hermes-agent would refresh if they
// were put in, in this order. Of MiniMax that is only its singleton: the other
// rows of its pool end with their access tokens (hermes_cli/auth_minimax.py).
func (f *File) Refreshes(id string, accounts []string) map[string]bool {
	free := blockFree(f.top.object(sectionProviders).object(id))
	all := map[string]bool{}
	for _, account := range accounts {
		mirror := slices.ContainsFunc(f.Rows, func(r Row) bool { return r.Provider == id && r.ID == account && r.mirrors() })
		all[account] = mirror || free || id != provider.MiniMax
		free = false
	}
	return all
}

// wanted takes a source off the list of those that a person signed out of, as
// hermes-agent does at a sign-in: what is on it does not come into the pool.
func wanted(top *object, id, source string) {
	suppressed := top.object("suppressed_sources")
	var names []string
	if json.Unmarshal(suppressed.values[id], &names) != nil || !slices.Contains(names, source) {
		return
	}
	suppressed.put(id, slices.DeleteFunc(names, func(name string) bool { return name == source }))
	top.set("suppressed_sources", suppressed.bytes())
}

// PortalOf is the address of the authorization server as hermes-agent writes it
// down: MiniMax's is the older one, from which it is redirected.
func PortalOf(b oauth.Binding) string {
	address := b.LegacyTokenURL
	if address == "" {
		address = b.TokenURL
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
