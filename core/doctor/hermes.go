package doctor

import (
	"context"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// lookAtHermes finds sign-ins that hermes-agent keeps in a plain file, and those
// that both programs would refresh: each refresh by one ends the sign-in of the
// other.
func lookAtHermes(_ context.Context, p *Patient) []Finding {
	dir := p.Env("HERMES_HOME")
	if dir == "" && p.Env("HOME") != "" {
		dir = filepath.Join(p.Env("HOME"), ".hermes")
	}
	if dir == "" {
		return nil
	}
	sources := hermes.Discover(dir)
	if len(sources) == 0 {
		return nil
	}
	plan, err := p.Accounts.PlanImport(sources)
	if err != nil {
		f := failure("hermes-agent's files cannot be read", err, "repair or remove the file")
		f.Level = Warning // nothing of ours suffers from it
		return []Finding{f}
	}
	var found []Finding
	if n := plan.Count(hermes.New); n > 0 {
		found = append(found, warning("hermes-agent keeps "+number(n, "sign-in or key", "sign-ins or keys")+" in plain files in "+dir, "hermes-tui import").imports())
	}
	twice, snapshot := 0, p.Accounts.Snapshot()
	for _, r := range plan.Rows {
		a, ok := snapshot.Find(r.Account)
		if r.Verdict == hermes.Here && ok && !a.Shared() && !a.Quarantined() && !a.IsKey() {
			twice++
		}
	}
	if twice > 0 {
		found = append(found, bad(number(twice, "account that is refreshed here stands", "accounts that are refreshed here stand")+" in hermes-agent's files too; two programs that refresh one sign-in lose it",
			"hermes-tui import --remove"))
	}
	if len(found) == 0 {
		found = append(found, good("hermes-agent keeps no sign-in that is refreshed here"))
	}
	return found
}
