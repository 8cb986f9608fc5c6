package upkeep

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Leftovers is what killed processes, a locked keystore or somebody's hand left
// behind, and what [Upkeep.Reconcile] would do about it.
type Leftovers struct {
	Rows     []string      // accounts that the pool file lists otherwise than their records say
	Accounts []string      // accounts with a change that nobody finished, or secrets still to be deleted
	Unlisted []string      // those of them that no list shows: sign-ins that were interrupted
	Probes   int           // probes of the keystore that were interrupted
	Secrets  []record.Item // secrets that nothing names
	Files    []string      // temporary files that nobody writes any more
	Asks     int           // questions of programs that were killed while they asked
	Proxies  int           // notes of proxies that were killed
	// Nothing is done about the following; a person has to look.
	Damaged []error       // records that cannot be read, each with its file
	Unknown []error       // lists of known programs that cannot be read
	Orphans []record.Item // secrets of accounts that have no record
}

// Leftovers finds out what [Upkeep.Reconcile] would do. It changes nothing and
// opens no secret; a keyring is asked which items it has.
func (u *Upkeep) Leftovers(ctx context.Context) (Leftovers, error) {
	p, _, err := u.state.Folder.ReadPool()
	if err != nil {
		return Leftovers{}, err
	}
	s := p.Scan
	left := Leftovers{
		Rows: slices.Concat(s.Missing, s.Gone, s.Newer), Accounts: s.Left, Unlisted: s.Unlisted,
		Files: u.abandoned(ctx), Damaged: s.Damaged,
	}
	ids := make([]string, 0, len(p.Rows))
	for _, row := range p.Rows {
		ids = append(ids, row.ID)
	}
	left.Asks, left.Unknown = u.state.Desk.Dead(ids)
	left.Proxies = u.state.Proxies.Dead()
	left.Probes = u.state.Vault.DeadProbes()
	left.Secrets, left.Orphans = u.state.Vault.Unnamed(ctx)
	return left, nil
}

// keyMaker is a keystore that makes its key in a file.
type keyMaker interface {
	// AbandonedKeys returns temporary files of the key that nobody needs.
	AbandonedKeys(ctx context.Context, now time.Time) []string
}

// abandoned are the temporary files that no living process writes.
func (u *Upkeep) abandoned(ctx context.Context) (paths []string) {
	if made, ok := u.state.Keystores.(keyMaker); ok {
		paths = made.AbandonedKeys(ctx, u.state.Clock.Now())
	}
	for _, dir := range u.folders() {
		names, _ := atomicfile.Abandoned(dir, u.state.Clock.Now())
		for _, name := range names {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths
}

// folders are those of the state folder that this program writes into.
func (u *Upkeep) folders() []string {
	dir := u.state.Folder.Dir()
	return []string{dir, u.state.Folder.BlobDir(), filepath.Join(dir, "fleet"), filepath.Join(dir, "history"), filepath.Join(dir, "backup"), filepath.Join(dir, tally.Folder), filepath.Join(dir, budget.Folder), u.state.Desk.Dir(), u.state.Proxies.Dir()}
}

// Reconcile brings the pool file up to the accounts' records and finishes what
// was left behind: by killed processes, and by a keystore that was locked. Every
// command that opens the keystore does so before anything else; a window does it
// when it opens. It costs a look at the names and times in a folder where nothing
// was left. An account that another process is changing is left to it.
func (u *Upkeep) Reconcile(ctx context.Context) (notice string, err error) {
	if err := u.state.Folder.CheckOwner(); err != nil {
		return "", err
	}
	found, scan, err := u.state.Folder.Reconcile(ctx)
	if err != nil || found == record.Future {
		return "", err
	}
	defer u.state.Changed.Ring()
	ids := slices.Concat(scan.Left, scan.Stray)
	slices.Sort(ids)
	err = u.state.Vault.Repair(context.WithoutCancel(ctx), slices.Compact(ids))
	u.state.Vault.Forget(ctx, scan.Removed)
	for _, path := range u.abandoned(ctx) {
		atomicfile.RemoveAbandoned(path, u.state.Clock.Now())
	}
	u.state.Desk.Tidy()
	u.state.Proxies.Tidy()
	return accounts.Notice(found), err
}
