package interop

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// known is which grants and labels there are already.
func (ip *Interop) known() (hermes.Known, error) {
	ident, _, err := ip.state.Folder.Store.Read()
	if err != nil {
		return hermes.Known{}, err
	}
	ids, err := ip.state.Folder.IDs()
	if err != nil {
		return hermes.Known{}, err
	}
	byHash, byOrigin := map[string]string{}, map[record.Origin]string{}
	for _, id := range ids {
		h, err := ip.state.Folder.ReadHead(id)
		if err != nil || h.Removed() || h.Gen == 0 {
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
	for _, a := range ip.accounts.Snapshot().Accounts {
		labels[labelKey(a.Provider, a.Region, a.Label)] = true
	}
	return hermes.Known{
		Table: ip.state.Providers,
		Account: func(files []*hermes.File, g hermes.Grant) (string, bool) {
			if hash := record.Hash(ident.StoreID, g.Row.Secret()); hash != "" && byHash[hash] != "" {
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
