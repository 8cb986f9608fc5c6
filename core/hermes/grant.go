package hermes

import (
	"cmp"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Ref names a row: which file, which row of it.
type Ref struct{ File, Row int }

// Grant is one sign-in: all rows that hold it, and what is true of it.
type Grant struct {
	Rows []Ref // Rows[0] gives id, label and place
	// Row is the lead row with the newest tokens of all of them.
	Row Row
	// Stale are rows that hold an earlier token of the grant, which must never
	// be sent again.
	Stale map[Ref]bool
}

// Grants finds which rows are one grant. Rows whose secret is borrowed and rows
// that cannot be read stand for themselves.
//
// Two rows are one grant if they have the same refresh token (without one: the
// same access token), or if one is by its source the mirror of the singleton in
// the same file: of tokens that differ then, the newer ones are alive.
//
// MiniMax is a case of its own. Signing in writes the singleton, a row of source
// "oauth" and one of source "manual:minimax_oauth", but a refresh refreshes only
// the first two (hermes_cli/auth_minimax.py). So the last row of the third kind,
// where no row of that kind has the singleton's token, holds an earlier token of
// the singleton's grant; sending it could end that grant for good.
func Grants(files []*File) []Grant {
	s := newSorting(files)
	for i, f := range files {
		s.byToken(i, f)
	}
	for i, f := range files {
		s.byMirror(i, f)
		s.byEarlier(i, f)
		s.byShare(i, f)
	}
	return s.grants()
}

// sorting puts rows into sets (a union-find over their numbers).
type sorting struct {
	files  []*File
	refs   []Ref
	first  []int // number of each file's first row
	parent []int
	stale  map[int]bool
	tokens map[string]int
}

func newSorting(files []*File) *sorting {
	s := &sorting{files: files, stale: map[int]bool{}, tokens: map[string]int{}}
	for i, f := range files {
		s.first = append(s.first, len(s.refs))
		for j := range f.Rows {
			s.refs = append(s.refs, Ref{i, j})
			s.parent = append(s.parent, len(s.parent))
		}
	}
	return s
}

func (s *sorting) row(n int) *Row { return &s.files[s.refs[n].File].Rows[s.refs[n].Row] }

func (s *sorting) root(n int) int {
	for s.parent[n] != n {
		s.parent[n] = s.parent[s.parent[n]]
		n = s.parent[n]
	}
	return n
}

func (s *sorting) join(a, b int) {
	a, b = s.root(a), s.root(b)
	s.parent[max(a, b)] = min(a, b)
}

func (s *sorting) byToken(file int, f *File) {
	for j, row := range f.Rows {
		token := row.Refresh
		if token.IsZero() {
			token = row.Access
		}
		if token.IsZero() {
			continue
		}
		key := row.Provider + "\x00" + token.Reveal()
		if n, ok := s.tokens[key]; ok {
			s.join(n, s.first[file]+j)
		} else {
			s.tokens[key] = s.first[file] + j
		}
	}
}

// singletonOf returns the number of the provider's block in a file, -1 without.
func (s *sorting) singletonOf(file int, provider string) int {
	for j, row := range s.files[file].Rows {
		if row.Singleton() && row.Provider == provider && row.Odd == "" {
			return s.first[file] + j
		}
	}
	return -1
}

func (s *sorting) byMirror(file int, f *File) {
	for provider := range owned {
		block := s.singletonOf(file, provider)
		if block < 0 {
			continue
		}
		for j, row := range f.Rows {
			if row.Provider == provider && row.mirrors() && row.Odd == "" {
				s.join(block, s.first[file]+j)
			}
		}
	}
}

// byShare joins hermes-agent's shared copy of the Nous sign-in with the root's
// own block, of which it is a copy.
func (s *sorting) byShare(file int, f *File) {
	if f.Format != NousShared || len(f.Rows) == 0 {
		return
	}
	for i, root := range s.files {
		if root.Format != AuthJSON || root.Profile != "" {
			continue
		}
		if block := s.singletonOf(i, "nous"); block >= 0 && s.row(block).HasTokens() {
			s.join(block, s.first[file])
		}
	}
}

const minimaxManual = "manual:minimax_oauth"

func (s *sorting) byEarlier(file int, f *File) {
	block, last := s.singletonOf(file, "minimax-oauth"), -1
	if block < 0 || !s.row(block).HasTokens() {
		return
	}
	for j, row := range f.Rows {
		if row.Provider != "minimax-oauth" || row.Source != minimaxManual || row.Odd != "" {
			continue
		}
		if n := s.first[file] + j; s.root(n) == s.root(block) {
			return
		} else if row.HasTokens() && row.ExpiresAt.IsZero() && row.ExpiryErr == nil {
			last = n
		}
	}
	if last >= 0 {
		s.stale[last] = true
		s.join(block, last)
	}
}

// grants collects the sets, in the order of their first rows.
func (s *sorting) grants() []Grant {
	at := map[int]int{}
	var all []Grant
	for n := range s.refs {
		root := s.root(n)
		i, ok := at[root]
		if !ok {
			i, at[root] = len(all), len(all)
			all = append(all, Grant{Stale: map[Ref]bool{}})
		}
		all[i].Rows = append(all[i].Rows, s.refs[n])
		if s.stale[n] {
			all[i].Stale[s.refs[n]] = true
		}
	}
	for i := range all {
		all[i].lead(s.files)
	}
	return all
}

// lead puts the row that speaks for the others first, and finds the tokens that are alive.
func (g *Grant) lead(files []*File) {
	row := func(r Ref) Row { return files[r.File].Rows[r.Row] }
	lead := 0
	for i, r := range g.Rows {
		// A pool row has the id and the label, but the root's file goes first.
		if r.File == g.Rows[0].File && row(g.Rows[lead]).Singleton() && !row(r).Singleton() && !g.Stale[r] {
			lead = i
		}
	}
	g.Rows[0], g.Rows[lead] = g.Rows[lead], g.Rows[0]
	g.Row = row(g.Rows[0])
	best, dead := Row{}, Row{}
	for _, r := range g.Rows {
		switch this := row(r); {
		case g.Stale[r]:
		case this.Dead:
			dead = this
		case this.HasTokens() && this.newer(best):
			best = this
		}
	}
	for _, r := range g.Rows { // not every copy of the same tokens has the ID token beside them
		if other := row(r); best.IDToken.IsZero() && other.Access == best.Access {
			best.IDToken = other.IDToken
		}
	}
	g.take(best, dead)
	g.named(row)
}

// named gives the lead row a label of the others where it has none: of those
// with the same tokens first, then of the stale ones, which a person may have
// named all the same.
func (g *Grant) named(row func(Ref) Row) {
	for _, stale := range []bool{false, true} {
		for _, r := range g.Rows {
			if g.Row.Label == "" && g.Stale[r] == stale {
				g.Row.Label = row(r).Label
			}
		}
	}
}

// take puts the grant's tokens into its lead row. A dead row kills the grant
// unless another one has newer tokens than it.
func (g *Grant) take(best, dead Row) {
	r := &g.Row
	if !best.HasTokens() || dead.Dead && (dead.Singleton() || sameToken(best, dead)) {
		r.Access, r.Refresh, r.IDToken = secret.Secret{}, secret.Secret{}, secret.Secret{}
		if dead.Dead {
			r.Dead, r.Marker = true, dead.Marker
		}
		return
	}
	r.Dead, r.Marker = false, nil
	r.IDToken = best.IDToken
	r.Access, r.Refresh, r.TokenType = best.Access, best.Refresh, cmp.Or(best.TokenType, r.TokenType)
	r.ObtainedAt, r.ExpiresAt, r.ExpiryErr = best.ObtainedAt, best.ExpiresAt, best.ExpiryErr
	r.Scope, r.ClientID = cmp.Or(best.Scope, r.Scope), cmp.Or(best.ClientID, r.ClientID)
	r.Region, r.PortalURL = cmp.Or(best.Region, r.Region), cmp.Or(best.PortalURL, r.PortalURL)
	r.BaseURL = cmp.Or(best.BaseURL, r.BaseURL)
	r.Identity = best.Identity.Or(r.Identity)
}

func sameToken(a, b Row) bool {
	if a.Refresh.IsZero() && b.Refresh.IsZero() {
		return a.Access == b.Access
	}
	return a.Refresh == b.Refresh
}

// newer reports whether r's tokens are newer than those of other.
func (r Row) newer(other Row) bool {
	switch {
	case !other.HasTokens():
		return true
	case r.Refresh.IsZero() != other.Refresh.IsZero():
		return other.Refresh.IsZero()
	case (r.ExpiresAt.IsZero() || other.ExpiresAt.IsZero()) && !r.ObtainedAt.IsZero() && !other.ObtainedAt.IsZero():
		return r.ObtainedAt.After(other.ObtainedAt)
	case !r.ExpiresAt.Equal(other.ExpiresAt):
		return r.ExpiresAt.After(other.ExpiresAt)
	default:
		return r.ObtainedAt.After(other.ObtainedAt)
	}
}
