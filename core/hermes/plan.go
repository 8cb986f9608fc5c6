package hermes

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/order"
)

// Verdict is what happens to a row.
type Verdict string

// The verdicts.
const (
	New         Verdict = "new"          // becomes an account
	Quarantined Verdict = "quarantined"  // becomes an account that needs signing in again
	Duplicate   Verdict = "duplicate"    // is the same grant as another row
	Here        Verdict = "already_here" // an account has this grant already
	Borrowed    Verdict = "borrowed"     // its secret is kept elsewhere
	Unsupported Verdict = "unsupported"  // cannot be taken over
)

// Words returns the verdict as a person reads it.
func (v Verdict) Words() string { return strings.ReplaceAll(string(v), "_", " ") }

// Known is what is known beside the files.
type Known struct {
	Table provider.Table
	// Account returns the id of the account that has a grant already; files is
	// what the grant's references count in.
	Account func(files []*File, g Grant) (id string, ok bool)
	// Taken reports whether an account of this pool has the label.
	Taken func(provider, region, label string) bool
}

// Item is what happens to one row.
type Item struct {
	Ref
	Position
	Path     string // of the file
	Profile  string
	Region   string // empty where it does not matter
	Label    string
	AuthType string
	Verdict  Verdict
	Why      string // a sentence without capital and period; may be empty
	Of       Ref    // the row that a duplicate repeats
	Account  string // id of the account that has it already
}

// Draft is an account to be made of a grant.
type Draft struct {
	Grant    Grant
	ID       string // to be kept where it is free; may be empty
	Label    string
	AuthType string
	Binding  oauth.Binding
	Provider provider.Provider
}

// Planned is what bringing files over means.
type Planned struct {
	Files  []*File
	Items  []Item  // one for each row, in the order of the files
	Drafts []Draft // accounts to be made, in pool order
	Owned  []Match // accounts that have a grant of the files already
}

// Match is an account that is there already, with what the files say of it.
type Match struct {
	Account string
	Grant   Grant
}

// Count returns how many rows have a verdict.
func (p *Planned) Count(v Verdict) (n int) {
	for _, item := range p.Items {
		if item.Verdict == v {
			n++
		}
	}
	return n
}

// Plan says what happens to every row of the files. It changes nothing.
func Plan(files []*File, k Known) *Planned {
	p := &planning{Known: k, labels: map[string]bool{}, Planned: &Planned{Files: files}}
	verdicts := map[Ref]Item{}
	grants := Grants(files)
	byPriority(grants)
	for _, g := range grants {
		lead := p.judge(g)
		verdicts[g.Rows[0]] = lead
		for _, ref := range g.Rows[1:] {
			verdicts[ref] = p.repeats(ref, g, lead)
		}
	}
	for i, f := range files {
		for j, row := range f.Rows {
			item := verdicts[Ref{i, j}]
			item.Ref, item.Position, item.Path, item.Profile = Ref{i, j}, row.Position, f.Path, f.Profile
			item.AuthType = row.AuthType
			if item.Label == "" {
				item.Label = row.Label
			}
			p.Items = append(p.Items, item)
		}
	}
	return p.Planned
}

type planning struct {
	Known
	*Planned
	labels map[string]bool // given to drafts
}

// judge says what happens to the lead row of a grant.
func (p *planning) judge(g Grant) Item {
	row := g.Row
	switch {
	case row.Odd != "":
		return Item{Verdict: Unsupported, Why: "the row " + row.Odd}
	case row.Borrowed != "":
		return Item{Verdict: Borrowed, Why: keeper(row.Borrowed)}
	}
	if id, ok := p.Account(p.Files, g); ok {
		p.Owned = append(p.Owned, Match{id, g})
		return Item{Verdict: Here, Account: id}
	}
	draft, why := draftOf(g, p.Table)
	if why != "" {
		return Item{Verdict: Unsupported, Why: why}
	}
	draft.Label = p.label(row, draft)
	p.Drafts = append(p.Drafts, draft)
	item := Item{Verdict: New, Region: draft.Binding.Region, Label: draft.Label, Why: remark(row, draft)}
	if row.Dead {
		item.Verdict, item.Why = Quarantined, row.Marker.Code
	}
	return item
}

// keeper says who keeps a secret that is not in the file.
func keeper(source string) string {
	switch name, variable := strings.CutPrefix(source, "env:"); {
	case variable:
		return "its key is in the variable " + shown(name)
	case source == "qwen-cli":
		return "its tokens are in Qwen Code's file, which `import --qwen` reads"
	case source == "gh_cli":
		return "its token is kept by GitHub's gh"
	case source == "claude_code":
		return "its tokens are kept by Claude Code"
	default:
		return "its secret is kept in " + shown(source)
	}
}

// repeats says why a row is not an account of its own.
func (p *planning) repeats(ref Ref, g Grant, lead Item) Item {
	item := Item{Verdict: Duplicate, Of: g.Rows[0], Region: lead.Region, Account: lead.Account}
	if g.Stale[ref] {
		item.Why = "most likely an earlier token of the same sign-in"
	}
	if lead.Verdict == Unsupported {
		item.Verdict, item.Why = Unsupported, lead.Why
	}
	return item
}

// DraftOf returns the account that a grant makes, without a label; ok is false
// when it cannot be taken over.
func DraftOf(g Grant, table provider.Table) (d Draft, ok bool) {
	d, why := draftOf(g, table)
	return d, why == ""
}

// draftOf finds out where a grant belongs, and that its tokens may go there.
func draftOf(g Grant, table provider.Table) (Draft, string) {
	row := g.Row
	if row.IsKey() {
		return keyDraft(g, table)
	}
	known, ok := find(table, row.Provider)
	switch {
	case claude(row):
		return Draft{}, claudeTerms
	case ok && known.KeysOnly:
		return Draft{}, known.Name + " has no sign-in here; an API key of it can be kept"
	case !ok:
		return Draft{}, "there is no provider " + shown(row.Provider) + " here"
	case row.Anonymous:
		return Draft{}, "a free-tier identity, which only hermes-agent can refresh"
	}
	region, why := place(known, row)
	if why != "" {
		return Draft{}, why
	}
	if row.Access.IsZero() && !row.Dead {
		return Draft{}, "it holds no access token that can be used"
	}
	b := provider.Target(known, region).Binding
	if row.ClientID != "" {
		b.ClientID = row.ClientID // a refresh token is bound to the client that it was issued to
	}
	if row.Scope != "" {
		b.Scope = row.Scope
	}
	if base, ok := b.ResourceBase(row.BaseURL); ok {
		b.BaseURL = base
	}
	return Draft{Grant: g, ID: row.poolID(), AuthType: record.OAuth, Binding: b, Provider: known}, ""
}

// find returns a provider by its id; an alias of ours may be another provider
// of hermes-agent's.
func find(table provider.Table, id string) (provider.Provider, bool) {
	for _, known := range table {
		if known.ID == id {
			return known, true
		}
	}
	return provider.Provider{}, false
}

// remark is what a person should know of a row that is taken over.
func remark(row Row, d Draft) string {
	var all []string
	if row.BaseURL != "" {
		if _, ok := d.Binding.ResourceBase(row.BaseURL); !ok {
			all = append(all, "its base URL is not one of "+d.Provider.Name+"'s; "+d.Binding.BaseURL+" is used")
		}
	}
	if !row.Limits.IsZero() {
		all = append(all, "it goes on cooling down")
	}
	if row.Insecure {
		all = append(all, "certificates are checked again")
	}
	if d.Provider.Discontinued != "" && !row.IsKey() {
		all = append(all, d.Provider.Discontinued)
	}
	if row.Refresh.IsZero() && !row.IsKey() && !row.Dead {
		all = append(all, "it has no refresh token and ends with its access token")
	}
	if row.ExpiryErr != nil {
		all = append(all, secret.Clean(row.ExpiryErr.Error(), 80))
	}
	return strings.Join(all, "; ")
}

// label is the row's own or the provider's default one, the first of it, it-2,
// it-3, … that is free in the pool.
func (p *planning) label(row Row, d Draft) string {
	base := cmp.Or(row.Label, strings.ReplaceAll(row.Identity.Label, "/", "-"), d.Provider.Label)
	label := base
	for n := 2; p.taken(d, label); n++ {
		label = base + "-" + strconv.Itoa(n)
	}
	p.labels[labelKey(d, label)] = true
	return label
}

func (p *planning) taken(d Draft, label string) bool {
	return p.labels[labelKey(d, label)] || p.Taken(d.Binding.Provider, d.Binding.Region, label)
}

func labelKey(d Draft, label string) string {
	return d.Binding.Provider + "/" + d.Binding.Region + "/" + strings.ToLower(label)
}

// byPriority puts the grants of each provider into the order of their pool.
// Which provider comes first stays as it is.
func byPriority(grants []Grant) {
	place := map[string]int{}
	for _, g := range grants {
		if _, ok := place[g.Row.Provider]; !ok {
			place[g.Row.Provider] = len(place)
		}
	}
	order.By(grants, func(a, b Grant) int {
		return cmp.Or(
			cmp.Compare(place[a.Row.Provider], place[b.Row.Provider]),
			cmp.Compare(a.Row.Priority, b.Row.Priority),
		)
	})
}
