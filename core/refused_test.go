package core

import (
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// picked is the label of the account that would serve next.
func (r *rig) picked(name string, o PickOptions) string {
	r.Helper()
	lease, err := r.core.Pick(r.Context(), name, o)
	if err != nil {
		r.Fatal(err)
	}
	lease.Done()
	lease.Done() // idempotent
	return lease.Account.Label
}

func (r *rig) refused(id string, refusal Refusal) {
	r.Helper()
	if err := r.core.Refused(r.Context(), id, refusal); err != nil {
		r.Fatal(err)
	}
}

func TestRefused_TheNextAccountServesUntilTheTimeIsOver(t *testing.T) {
	r := newRig(t)
	a, b := r.account("a"), r.account("b")
	now := r.clock.Now()
	r.refused(a.ID, Refusal{Status: 429, ResetAt: now.Add(10 * time.Minute), Gen: 1})
	other := r.open() // every process knows at once
	if got, _ := other.Snapshot().Find(a.ID); got.State(now) != CoolingDown || got.Cooldown.Status != 429 {
		t.Fatalf("%+v", got)
	}
	if events, err := r.core.History(a.ID); err != nil || events[len(events)-1].Kind != record.EventCooledDown || events[len(events)-1].Status != 429 {
		t.Fatalf("%+v, %v", events, err)
	}
	if got := r.picked("", PickOptions{}); got != "b" {
		t.Fatalf("picked %s", got)
	}
	r.refused(b.ID, Refusal{Status: 402, Gen: 1})
	_, err := r.core.Pick(t.Context(), "", PickOptions{})
	var e *autherr.Error
	if !errors.As(err, &e) || e.Kind != autherr.CoolingDown || e.RetryAfter < 9*time.Minute || e.RetryAfter > 10*time.Minute {
		t.Fatalf("all cool down: %v, %+v", err, e)
	}
	r.clock.Advance(11 * time.Minute)
	if got := r.picked("", PickOptions{}); got != "a" {
		t.Fatalf("when the time is over %s serves", got)
	}
	if err := r.core.ClearCooldown(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if got := r.picked("", PickOptions{Not: []string{a.ID}}); got != "b" {
		t.Fatalf("cleared by hand: %s serves", got)
	}
}

func TestRefused_NewSignInEndsTheCooldown(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	r.refused(a.ID, Refusal{Status: 429, ResetAt: r.clock.Now().AddDate(0, 0, 7), Gen: 1})
	r.clock.Advance(time.Minute)
	if _, err := r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	if err := r.core.Servable(""); autherr.KindOf(err) != autherr.CoolingDown {
		t.Fatalf("a refreshed token lifted the limit: %v", err)
	}
	r.signIn(SignInOptions{Account: a.ID})
	if err := r.core.Servable(""); err != nil {
		t.Fatal(err)
	}
	// The last answers to requests from before come late.
	r.refused(a.ID, Refusal{Status: 429, ResetAt: r.clock.Now().AddDate(0, 0, 7), Gen: 2})
	r.refused(a.ID, Refusal{Status: 401, Code: "token_revoked", Gen: 2})
	if err := r.core.Servable(""); err != nil {
		t.Fatal(err)
	}
}

func TestRefused_DeadTokenNeedsSignIn(t *testing.T) {
	r := newRig(t)
	a, b := r.account("a"), r.account("b")
	r.refused(a.ID, Refusal{Status: 401, Code: "token_invalidated", Message: "signed out\x1b[2J everywhere", Gen: 1})
	got, _ := r.core.Snapshot().Find(a.ID)
	if got.State(r.clock.Now()) != NeedsSignIn || got.Marker.Code != "token_invalidated" || !got.Marker.Relogin ||
		got.Marker.Reason != "credential_pool_refresh_failure" || got.Marker.Provider != "minimax-oauth" {
		t.Fatalf("%+v", got.Marker)
	}
	if _, err := r.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("its token: %v", err)
	}
	if got := r.picked("", PickOptions{}); got != b.Label {
		t.Fatalf("picked %s", got)
	}
	r.clock.Advance(72 * time.Hour) // neither comes back nor goes by itself
	if got, ok := r.core.Snapshot().Find(a.ID); !ok || got.State(r.clock.Now()) != NeedsSignIn {
		t.Fatalf("%+v", got)
	}
	if len(r.core.Snapshot().Accounts) != 2 || r.refreshes() != 0 {
		t.Fatal("an account is gone, or a dead token was sent")
	}
}

// A 401 for a token that another process has refreshed meanwhile kills nothing.
func TestRefused_ComparesTheGeneration(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	r.clock.Advance(2 * time.Minute)
	if _, err := r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	r.refused(a.ID, Refusal{Status: 401, Code: "token_revoked", Gen: 1})
	r.refused(a.ID, Refusal{Status: 401, Gen: 1})
	if got, err := r.token(a.ID); err != nil || got.Gen != 2 {
		t.Fatalf("generation %d, %v", got.Gen, err)
	}
	if err := r.core.Servable(""); err != nil {
		t.Fatal(err)
	}
}

// A token that came to its end before its API answered says nothing of the account,
// which has another by then; what the API says beside that counts.
func TestRefused_ATokenThatHadEnded(t *testing.T) {
	for _, tc := range []struct {
		status int
		gone   time.Duration // since it was granted, of a life of a quarter of an hour
		rests  bool
	}{
		{401, 14 * time.Minute, true},
		{401, 16 * time.Minute, false},
		{429, 16 * time.Minute, true},
	} {
		r := newRig(t)
		a := r.account("a")
		r.clock.Advance(tc.gone)
		r.refused(a.ID, Refusal{Status: tc.status, Gen: 1})
		if err := r.core.Servable(""); (autherr.KindOf(err) == autherr.CoolingDown) != tc.rests {
			t.Errorf("%d after %s: %v, want a rest: %t", tc.status, tc.gone, err, tc.rests)
		}
	}
}

func TestRefused_WhatChangesNothing(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	for _, refusal := range []Refusal{{Status: 400}, {Status: 404}, {Status: 500}, {Status: 529, Code: "overloaded_error"}} {
		r.refused(a.ID, refusal)
	}
	if err := r.core.Servable(""); err != nil {
		t.Fatal(err)
	}
	if err := r.core.Remove(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	r.refused(a.ID, Refusal{Status: 429, Gen: 1})
	r.refused(a.ID, Refusal{Status: 401, Code: "token_revoked", Gen: 1})
	r.refused("0123456789", Refusal{Status: 401, Code: "token_revoked", Gen: 1})
	if n := len(r.core.Snapshot().Accounts); n != 0 {
		t.Fatalf("%d accounts after the only one was removed", n)
	}
}

func TestRefused_OnlyAccountRestsAMinute(t *testing.T) {
	r := newRig(t)
	a, b := r.account("a"), r.account("b")
	r.refused(a.ID, Refusal{Status: 401, Code: "token_revoked"})
	r.refused(b.ID, Refusal{Status: 403})
	got, _ := r.core.Snapshot().Find(b.ID)
	if rest := got.Cooldown.Until.Sub(got.Cooldown.At); rest != time.Minute {
		t.Fatalf("rests %s", rest)
	}
}

func TestRefused_ModelOnly(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	r.account("b")
	r.refused(a.ID, Refusal{Status: 429, Model: "MiniMax-M2", Gen: 1})
	if got := r.picked("", PickOptions{Model: "MiniMax-M2"}); got != "b" {
		t.Fatalf("picked %s", got)
	}
	if got := r.picked("", PickOptions{Model: "other"}); got != "a" {
		t.Fatalf("picked %s", got)
	}
}

// Two records of one secret, as a copied folder could have them, share what
// happens to it.
func TestRefused_SharedSecret(t *testing.T) {
	r := newRig(t)
	a, b := r.account("a"), r.account("b")
	h, err := r.core.state.Folder.ReadHead(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	twin, err := r.core.state.Folder.ReadHead(b.ID)
	if err != nil {
		t.Fatal(err)
	}
	twin.Current = h.Current
	if err := r.core.state.Folder.WriteHead(twin); err != nil {
		t.Fatal(err)
	}
	if err := r.core.state.Folder.Publish(t.Context(), twin); err != nil {
		t.Fatal(err)
	}
	r.refused(a.ID, Refusal{Status: 429, Gen: 1})
	if err := r.core.Servable(""); autherr.KindOf(err) != autherr.CoolingDown {
		t.Fatalf("a limit: %v", err)
	}
	r.refused(b.ID, Refusal{Status: 401, Code: "invalid_grant", Gen: 9})
	if got, _ := r.core.Snapshot().Find(a.ID); got.State(r.clock.Now()) == NeedsSignIn {
		t.Fatal("a refusal of other tokens than there are made the other need signing in")
	}
	r.refused(b.ID, Refusal{Status: 401, Code: "invalid_grant", Gen: 1})
	if err := r.core.Servable(""); autherr.KindOf(err) != autherr.SignIn {
		t.Fatalf("a dead grant: %v", err)
	}
}
