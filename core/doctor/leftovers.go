package doctor

import (
	"context"
	"fmt"
)

// clearsUp is the cure of what every command that opens the keystore clears up.
const clearsUp = "the next command that uses the keystore clears it up, such as hermes-tui token"

// lookAtLeftovers counts what killed processes left behind, and names what a
// person has to look at. It changes nothing.
func lookAtLeftovers(ctx context.Context, p *Patient) []Finding {
	left, err := p.Accounts.Leftovers(ctx)
	if err != nil {
		return nil // that the accounts cannot be listed is said of the accounts
	}
	var found []Finding
	for _, err := range left.Damaged {
		found = append(found, failure("a record cannot be read", err, "restore the file from a backup, or move it away and sign in again"))
	}
	for _, err := range left.Unknown {
		found = append(found, failure("the programs that are known to an account cannot be read", err, "hermes-tui confirm ACCOUNT --forget all"))
	}
	if n := len(left.Orphans); n > 0 {
		found = append(found, warning(number(n, "secret belongs", "secrets belong")+" to an account whose record is missing ("+left.Orphans[0].Name+")",
			"restore the .head file of that account; hermes-tui purge deletes everything"))
	}
	add := func(n int, one, many string) {
		if n > 0 {
			found = append(found, warning(number(n, one, many), clearsUp))
		}
	}
	add(len(left.Rows), "account is listed otherwise than its record says", "accounts are listed otherwise than their records say")
	add(len(left.Unlisted), "sign-in was interrupted before it was listed", "sign-ins were interrupted before they were listed")
	add(len(left.Accounts)-len(left.Unlisted), "account has a change that was interrupted, or tokens still to be deleted", "accounts have changes that were interrupted, or tokens still to be deleted")
	add(len(left.Secrets), "secret in the keystore belongs to no account", "secrets in the keystore belong to no account")
	add(left.Probes, "probe of the keystore was interrupted", "probes of the keystore were interrupted")
	add(len(left.Files), "temporary file was left behind by a process that was killed", "temporary files were left behind by processes that were killed")
	add(left.Asks, "question of a program was left behind by a process that was killed", "questions of programs were left behind by processes that were killed")
	add(left.Proxies, "note was left behind by a proxy that was killed", "notes were left behind by proxies that were killed")
	if len(found) == 0 {
		found = append(found, good("nothing was left behind"))
	}
	return found
}

// number is n with the words that go with it.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
