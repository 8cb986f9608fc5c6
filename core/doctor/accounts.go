package doctor

import (
	"context"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core"
)

// mostOpened bounds how many records are opened, each of which can cost a
// keyring a few milliseconds.
const mostOpened = 200

// lookAtAccounts opens the records, and says which account needs a person.
func lookAtAccounts(ctx context.Context, p *Patient) []Finding {
	snapshot := p.Accounts.Snapshot()
	var found []Finding
	if snapshot.Notice != "" {
		found = append(found, warning(snapshot.Notice, "open hermes-tui once; it writes the file anew"))
	}
	now, whole := p.Clock.Now(), 0
	for i, a := range snapshot.Accounts {
		switch a.State(now) {
		case core.NeedsSignIn, core.SignedOut:
			found = append(found, bad(a.ID+" needs to sign in again", "hermes-tui login --account "+a.ID))
			continue
		case core.Shared:
			found = append(found, warning(a.ID+" is owned by "+a.Owner+", which alone renews it", "hermes-tui import --adopt"))
			continue
		}
		if a.Interrupted {
			found = append(found, warning("a refresh of "+a.ID+" was interrupted, and its answer is not known", "hermes-tui refresh "+a.ID))
		}
		if i >= mostOpened || ctx.Err() != nil {
			continue
		}
		if err := p.Accounts.Verify(ctx, a.ID); err != nil {
			found = append(found, failure("the record of "+a.ID+" cannot be used", err, "hermes-tui login --account "+a.ID))
			continue
		}
		whole++
	}
	if whole > 0 {
		found = append(found, good(fmt.Sprintf("%d of %d accounts were opened and are whole", whole, len(snapshot.Accounts))))
	}
	return found
}
