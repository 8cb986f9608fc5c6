package interop

import (
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// ImportRow is one row of another program's file, and what happens to it. It
// holds no secret.
type ImportRow struct {
	Number       int    // 1 is the first
	File         string // path
	Profile      string // hermes-agent's; empty: the root's file
	Where        string // in the file: "credential_pool.nous d4e5f6"
	Provider     string // id
	ProviderName string // "MiniMax China"
	Label        string // that the account gets, or that the row has
	AuthType     string // "oauth", "api_key"
	Verdict      hermes.Verdict
	Why          string // a sentence; may be empty
	Of           int    // number of the row that it repeats; 0: of none
	Account      string // id of the account that has the grant already; empty: none
	Shared       bool   // that account is another program's
}

// Words says in a few words what happens to the row.
func (r ImportRow) Words() string {
	words := map[hermes.Verdict]string{
		hermes.New:         "new account",
		hermes.Quarantined: "new account, needs sign-in",
		hermes.Duplicate:   fmt.Sprintf("same sign-in as row %d", r.Of),
		hermes.Here:        "already here",
		hermes.Borrowed:    "left alone",
		hermes.Unsupported: "left alone",
	}[r.Verdict]
	if r.Shared {
		words += ", shared"
	}
	if r.Why != "" {
		words += ": " + r.Why
	}
	return words
}

// ImportPlan is what bringing files over means, for a person to look at.
type ImportPlan struct {
	Rows   []ImportRow
	Shared int // accounts of these files that another program owns; they can be adopted
	// Orphans are shared accounts that the files have no longer: adopting takes
	// them over as well.
	Orphans []accounts.Account
	// Unread are why files were left out, each a sentence that names its file; see
	// [Interop.PlanReadable].
	Unread []error

	sources []hermes.Source
}

// Count returns how many rows have a verdict.
func (p *ImportPlan) Count(v hermes.Verdict) (n int) {
	for _, row := range p.Rows {
		if row.Verdict == v {
			n++
		}
	}
	return n
}

// PlanImport reads files of other programs and says what [Interop.Import] would do
// with every row. It writes nothing and opens no secret. A file that cannot be
// read is an error.
func (ip *Interop) PlanImport(sources []hermes.Source) (*ImportPlan, error) {
	planned, err := ip.planned(sources)
	if err != nil {
		return nil, err
	}
	p := &ImportPlan{sources: sources}
	numbers := map[hermes.Ref]int{}
	for i, item := range planned.Items {
		numbers[item.Ref] = i + 1
	}
	for i, item := range planned.Items {
		row := ImportRow{
			Number: i + 1, File: item.Path, Profile: item.Profile, Where: item.String(), Provider: item.Who(),
			ProviderName: item.Who(), Label: item.Label, AuthType: item.AuthType,
			Verdict: item.Verdict, Why: item.Why, Account: item.Account,
		}
		if _, r, err := ip.state.Provider(item.Provider, item.Region); err == nil {
			row.ProviderName = r.ProviderName
		}
		if item.Verdict == hermes.Duplicate {
			row.Of = numbers[item.Of]
		}
		if a, ok := ip.accounts.Snapshot().Find(item.Account); ok {
			row.Label, row.ProviderName, row.Shared = a.Label, a.ProviderName, a.Shared()
		}
		if row.Shared && row.Verdict == hermes.Here {
			p.Shared++
		}
		p.Rows = append(p.Rows, row)
	}
	orphans, err := ip.orphans(planned)
	p.Orphans = ip.accounts.Listed(orphans)
	return p, err
}

// PlanReadable is PlanImport of those files that can be read: one that cannot keeps no
// other back.
func (ip *Interop) PlanReadable(sources []hermes.Source) (*ImportPlan, error) {
	var unread []error
	var good []hermes.Source
	for _, s := range sources {
		if _, err := hermes.Load(s, ip.state.Clock.Now()); err != nil {
			unread = append(unread, err)
			continue
		}
		good = append(good, s)
	}
	p, err := ip.PlanImport(good)
	if err == nil {
		p.Unread = unread
	}
	return p, err
}

// orphans are the shared accounts that came from these files and are no longer
// in them: a removal that was killed has deleted them there, or a person has.
func (ip *Interop) orphans(planned *hermes.Planned) (ids []string, err error) {
	known := map[string]bool{}
	for _, m := range planned.Owned {
		known[m.Account] = true
	}
	read := map[string]bool{}
	for _, f := range planned.Files {
		read[f.Path] = true
	}
	all, err := ip.state.Folder.IDs()
	if err != nil {
		return nil, err
	}
	for _, id := range all {
		h, err := ip.state.Folder.ReadHead(id)
		if err == nil && !h.Removed() && h.Shared() && h.Gen > 0 && h.Origin != nil && read[h.Origin.File] && !known[id] {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// planned loads the files and compares them with the accounts there are.
func (ip *Interop) planned(sources []hermes.Source) (*hermes.Planned, error) {
	files := make([]*hermes.File, 0, len(sources))
	for _, s := range sources {
		f, err := hermes.Load(s, ip.state.Clock.Now())
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	known, err := ip.known()
	if err != nil {
		return nil, err
	}
	return hermes.Plan(files, known), nil
}
