package importing

import (
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
)

// importRowJSON is one row of `import --json`.
type importRowJSON struct {
	Row      int     `json:"row"`
	File     string  `json:"file"`
	Profile  string  `json:"profile"`
	Where    string  `json:"where"`
	Provider string  `json:"provider"`
	Label    string  `json:"label"`
	AuthType string  `json:"auth_type"`
	Verdict  string  `json:"verdict"`
	Why      string  `json:"why"`
	Of       *int    `json:"duplicate_of"`
	Account  *string `json:"account"`
	Shared   bool    `json:"shared"`
}

// importedJSON is what `import --json` prints. Nothing is set beside the rows
// when nothing was done.
type importedJSON struct {
	Rows     []importRowJSON  `json:"rows"`
	Done     bool             `json:"done"`
	Imported []format.Account `json:"imported"`
	Adopted  []format.Account `json:"adopted"`
	Left     []format.Account `json:"still_shared"`
	Removed  int              `json:"rows_removed"`
	Backups  []string         `json:"backups"`
}

// importJSON is a plan, and what came of it; res is nil when nothing was done.
func importJSON(p *core.ImportPlan, res *core.ImportResult, now time.Time) importedJSON {
	out := importedJSON{
		Rows: []importRowJSON{}, Imported: []format.Account{}, Adopted: []format.Account{}, Left: []format.Account{}, Backups: []string{},
	}
	for _, r := range p.Rows {
		row := importRowJSON{
			Row: r.Number, File: r.File, Profile: r.Profile, Where: r.Where, Provider: r.Provider, Label: r.Label,
			AuthType: r.AuthType, Verdict: string(r.Verdict), Why: r.Why, Shared: r.Shared,
		}
		if r.Of != 0 {
			row.Of = &r.Of
		}
		if r.Account != "" {
			row.Account = &r.Account
		}
		out.Rows = append(out.Rows, row)
	}
	if res == nil {
		return out
	}
	out.Done, out.Removed = true, res.Removed
	out.Imported, out.Adopted, out.Left = format.AccountsJSON(res.Imported, now), format.AccountsJSON(res.Adopted, now), format.AccountsJSON(res.Left, now)
	out.Backups = append(out.Backups, res.Backups...)
	return out
}
