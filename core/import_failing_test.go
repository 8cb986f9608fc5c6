package core

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

// controlled are keystores that misbehave as a test says.
type controlled struct {
	state.Keystores
	store *keystoretest.Store
}

func (k controlled) Open(context.Context, keystore.Kind, string) (keystore.Store, error) {
	return k.store, nil
}

// An account that could not be stored is none: those that could are listed, in
// the order of the file, and nothing is counted for the others. How many had been
// begun by then is the scheduler's.
func TestImport_WhatCouldNotBeStoredIsNoAccount(t *testing.T) {
	a := newAgent(newRig(t), 6)
	first := strings.ReplaceAll(a.file(), "abcde0", "fbcde0") // its id is the last
	if err := os.WriteFile(a.path, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	store := keystoretest.Wrap(keystore.NewMemory())
	a.core.state.Keystores = controlled{a.core.state.Keystores, store}
	a.core.state.Vault.Keystores = a.core.state.Keystores
	plan, err := a.core.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: a.path}})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	store.FailNext(keystoretest.Prepare, 1, full)
	res, err := a.core.Import(t.Context(), plan, ImportOptions{})
	if !errors.Is(err, full) {
		t.Fatalf("%v", err)
	}
	var labels []string
	for _, account := range a.core.Snapshot().Accounts {
		labels = append(labels, account.Label)
	}
	n := len(res.Imported)
	if n > 5 || len(labels) != n || !slices.IsSorted(labels) {
		t.Errorf("imported %d; listed are %q", n, labels)
	}
	usage := a.core.state.Folder.ReadUsage()
	if len(usage) != n {
		t.Errorf("counters of %d accounts", len(usage))
	}
}
