package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/private"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// lookAtKeystore proves that a secret could be kept.
func lookAtKeystore(ctx context.Context, p *Patient) []Finding {
	if !kept(p) {
		return lookAtFirst(ctx, p)
	}
	choice, err := p.Accounts.Probe(ctx)
	name := "the keystore"
	if choice.Kind != "" {
		name = p.Describe(choice.Kind)
	}
	switch autherr.CodeOf(err) {
	case autherr.CodeFleetAway, autherr.CodeFleetRestored, autherr.CodeNotMember: // of which the keystore knows nothing
		f := failure("this host can tell its fleet nothing", err, "")
		if autherr.CodeOf(err) == autherr.CodeFleetAway {
			f.Cure = "`hermes-tui fleet status` says how the etcd is; " + f.Cure
		}
		return []Finding{f}
	}
	if err != nil {
		return []Finding{failure(name+" does not work", err, "unlock or repair it, then try again")}
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

// kept reports whether there is anything to try the keystore with: a probe where
// nothing was ever stored would make folders and a key.
func kept(p *Patient) bool {
	if _, err := os.Stat(filepath.Join(p.State, "store.json")); err != nil {
		return false
	}
	if p.Accounts.Snapshot().Store.Kind != string(keystore.KindFile) {
		return true
	}
	sealed, _ := filepath.Glob(filepath.Join(p.State, "acct", "*.age"))
	_, err := os.Stat(p.Key)
	return err == nil || len(sealed) > 0
}

// lookAtFirst says what a first sign-in would find. Nothing is made.
func lookAtFirst(ctx context.Context, p *Patient) []Finding {
	for _, dir := range []string{p.State, p.Data} {
		if err := private.Owner(dir); err != nil {
			return []Finding{bad("nothing can be kept: "+err.Error(), "run hermes-tui as its owner, or name a folder of your own with HERMES_TUI_HOME")}
		}
	}
	store, err := p.Accounts.DetectStore(ctx)
	if err != nil {
		return []Finding{failure("no keystore can be used", err, "choose one that works for the new store: `--keystore file` or `--keystore keyring`")}
	}
	return []Finding{good("nothing is stored yet; the first sign-in will use: " + store.Name)}
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
