package doctor

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// lookAtKeystore proves that a secret could be kept.
func lookAtKeystore(ctx context.Context, p *Patient) []Finding {
	choice, err := p.Accounts.Probe(ctx)
	name := "the keystore"
	if choice.Kind != "" {
		name = p.Describe(choice.Kind)
	}
	if err != nil {
		return []Finding{failure(name+" does not work", err, "unlock or repair it, or choose another with `hermes-tui keystore move`")}
	}
	saw := name + " works: a secret was written, read back and deleted"
	if choice.Reason != "" {
		saw += " (" + choice.Reason + ")"
	}
	found := []Finding{good(saw)}
	if moving := p.Accounts.Snapshot().Store.Moving; moving != "" {
		found = append(found, warning("a move away from the "+moving+" keystore was interrupted", "hermes-tui keystore move "+string(choice.Kind)))
	}
	if choice.Kind == keystore.KindFile && p.KeyBeside {
		found = append(found, warning("the key lies beside the files that it opens, which protects only against partial copies",
			"put the key elsewhere and name it with key_file in the configuration"))
	}
	return found
}

// failure is a finding made of an error: what it says, and its own hint where
// it has one.
func failure(what string, err error, cure string) Finding {
	var e *autherr.Error
	if errors.As(err, &e) && e.Hint != "" {
		cure = e.Hint
	}
	return bad(what+": "+err.Error(), cure)
}
