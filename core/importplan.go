package core

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
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

// PlanImport reads files of other programs and says what [Core.Import] would do
// with every row. It writes nothing and opens no secret. A file that cannot be
// read is an error.
func (c *Core) PlanImport(sources []hermes.Source) (*ImportPlan, error) {
	planned, err := c.planned(sources)
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
			Number: i + 1, File: item.Path, Profile: item.Profile, Where: item.String(), Provider: item.Provider,
			ProviderName: item.Provider, Label: item.Label, AuthType: item.AuthType,
			Verdict: item.Verdict, Why: item.Why, Account: item.Account,
		}
		if _, r, err := c.place(item.Provider, item.Region); err == nil {
			row.ProviderName = r.ProviderName
		}
		if item.Verdict == hermes.Duplicate {
			row.Of = numbers[item.Of]
		}
		if a, ok := c.Snapshot().Find(item.Account); ok {
			row.Label, row.Shared = a.Label, a.Shared()
		}
		if row.Shared && row.Verdict == hermes.Here {
			p.Shared++
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// planned loads the files and compares them with the accounts there are.
func (c *Core) planned(sources []hermes.Source) (*hermes.Planned, error) {
	files := make([]*hermes.File, 0, len(sources))
	for _, s := range sources {
		f, err := hermes.Load(s, c.config.Clock.Now())
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	known, err := c.known()
	if err != nil {
		return nil, err
	}
	return hermes.Plan(files, known), nil
}

// known is which grants and labels there are already.
func (c *Core) known() (hermes.Known, error) {
	ident, _, err := c.folder.Identity()
	if err != nil {
		return hermes.Known{}, err
	}
	ids, err := c.folder.IDs()
	if err != nil {
		return hermes.Known{}, err
	}
	byHash, byOrigin := map[string]string{}, map[record.Origin]string{}
	for _, id := range ids {
		h, err := c.folder.ReadHead(id)
		if err != nil || h.Removed() {
			continue // a damaged head is reported where it is opened
		}
		for _, hash := range append([]string{h.Current}, h.Refused...) {
			byHash[hash] = id
		}
		if o := h.Origin; o != nil {
			byHash[o.Hash] = id
			if h.Shared() || h.Quarantined() {
				byOrigin[bare(*o)] = id
			}
		}
	}
	labels := map[string]bool{}
	for _, a := range c.Snapshot().Accounts {
		labels[labelKey(a.Provider, a.Region, a.Label)] = true
	}
	return hermes.Known{
		Table: c.config.Providers,
		Account: func(files []*hermes.File, g hermes.Grant) (string, bool) {
			if hash := record.Hash(ident.StoreID, g.Row.Refresh); hash != "" && byHash[hash] != "" {
				return byHash[hash], true
			}
			for _, o := range origins(files, g) {
				if id, ok := byOrigin[o]; ok {
					return id, true
				}
			}
			return "", false
		},
		Taken: func(provider, region, label string) bool { return labels[labelKey(provider, region, label)] },
	}, nil
}

// origins are the places of a grant that can be found again.
func origins(files []*hermes.File, g hermes.Grant) (all []record.Origin) {
	for _, ref := range g.Rows {
		f := files[ref.File]
		row := f.Rows[ref.Row]
		if g.Stale[ref] || !row.Singleton() && row.ID == "" {
			continue
		}
		all = append(all, record.Origin{Format: string(f.Format), File: f.Path, Provider: row.Provider, Row: row.ID})
	}
	return all
}

func labelKey(provider, region, label string) string {
	return strings.ToLower(provider + "/" + region + "/" + label)
}

// bare is the place without what was last read there.
func bare(o record.Origin) record.Origin {
	o.Hash = ""
	return o
}

// foreignTime is how long another program's lock is waited for; hermes-agent
// holds it while it refreshes, at most 20 seconds.
const foreignTime = 25 * time.Second

// lockSources takes the locks of hermes-agent's files, so that none of its
// refreshes is under way while they are read or written. Programs without such a
// lock have none taken.
func (c *Core) lockSources(ctx context.Context, sources []hermes.Source) (unlock func(), err error) {
	var held []*record.Lock
	unlock = func() {
		for _, l := range held {
			_ = l.Unlock()
		}
	}
	ctx, cancel := context.WithTimeout(ctx, foreignTime)
	defer cancel()
	for _, path := range lockPaths(sources) {
		l, err := c.folder.LockForeign(ctx, path)
		if err != nil {
			unlock()
			return nil, foreignLock(path, err)
		}
		held = append(held, l)
	}
	return unlock, nil
}

func foreignLock(path string, cause error) error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeForeignLock,
		Message: "could not take the lock " + path + ", without which hermes-agent may be in the middle of a refresh: " + cause.Error(),
		Hint:    "try again; nothing was changed", Err: cause,
	}
}
