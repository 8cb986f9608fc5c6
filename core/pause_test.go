package core

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// whoServes is the label of the account that serves whoever names name.
func (r *rig) whoServes(name string) (string, error) {
	r.Helper()
	lease, err := r.core.Pick(r.Context(), name, PickOptions{})
	if err != nil {
		return "", err
	}
	defer lease.Done()
	return lease.Account.Label, nil
}

func TestPause(t *testing.T) {
	r := newRig(t)
	one, two := r.account("one"), r.account("two")
	pause := func(id string, until time.Time) {
		t.Helper()
		if err := r.core.Pause(t.Context(), id, until); err != nil {
			t.Fatal(err)
		}
	}
	serves := func(name, want string) {
		t.Helper()
		if got, err := r.whoServes(name); got != want || err != nil {
			t.Errorf("%q is served by %q, %v; want %q", name, got, err, want)
		}
	}
	pause(one.ID, time.Time{})
	pause(one.ID, time.Time{}) // which says nothing new
	for name, want := range map[string]string{"": "two", "minimax": "two", "one": "one", one.ID: "one", "minimax/one": "one"} {
		serves(name, want)
	}
	if a, _ := r.core.Snapshot().Find(one.ID); a.State(r.clock.Now()) != Paused || a.CanServe(r.clock.Now()) {
		t.Errorf("it is %s", a.State(r.clock.Now()))
	}
	end := r.clock.Now().Add(time.Minute)
	pause(two.ID, end)
	_, err := r.whoServes("minimax")
	var why *autherr.Error
	if !errors.As(err, &why) || why.Code != autherr.CodePaused || why.Kind != autherr.CoolingDown || why.RetryAfter <= 0 || why.RetryAfter > time.Minute || !strings.HasSuffix(why.Message, ": one and two are paused") {
		t.Errorf("both paused: %v", err)
	}
	if err := r.core.Servable("minimax"); !errors.Is(err, &autherr.Error{Code: autherr.CodePaused}) {
		t.Errorf("both paused: %v", err)
	}
	if err := r.core.Servable("two"); err != nil {
		t.Errorf("by its name: %v", err)
	}
	r.clock.Advance(time.Minute)
	serves("", "two")
	r.clock.Advance(20 * time.Minute) // its token has ended
	if token, err := r.token(one.ID); err != nil || token.Account != one.ID {
		t.Errorf("a paused account is not refreshed: %v", err)
	}
	if err := r.core.Resume(t.Context(), one.ID); err != nil {
		t.Fatal(err)
	}
	serves("", "one")
	if err := r.core.Pause(t.Context(), one.ID, r.clock.Now()); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("a pause that is over: %v", err)
	}
	if err := errors.Join(r.core.Pause(t.Context(), "0000000000", time.Time{}), r.core.Resume(t.Context(), "0000000000")); !errors.Is(err, &autherr.Error{Code: autherr.CodeNoSuchAccount}) {
		t.Errorf("nobody: %v", err)
	}
	events, err := r.core.History(one.ID)
	var kinds []record.EventKind
	for _, e := range events {
		if e.Kind == record.EventPaused || e.Kind == record.EventResumed {
			kinds = append(kinds, e.Kind)
		}
	}
	if err != nil || !slices.Equal(kinds, []record.EventKind{record.EventPaused, record.EventResumed}) {
		t.Errorf("%v, %v", kinds, err)
	}
}

// A pause outlives a new sign-in, other processes' writing, and the process.
// A pool is judged by itself, whatever its accounts are called, and the worst of several
// counts.
func TestPoolsServable(t *testing.T) {
	r := newRig(t)
	a := r.account("global")
	if err := r.core.PoolsServable(r.core.Snapshot().Accounts); err != nil {
		t.Error(err)
	}
	if err := r.core.Pause(t.Context(), a.ID, time.Time{}); err != nil {
		t.Fatal(err)
	}
	all := r.core.Snapshot().Accounts
	if err := r.core.Servable(all[0].Pool().String()); err != nil { // its own name, too
		t.Error(err)
	}
	if err := r.core.PoolsServable(all); !errors.Is(err, &autherr.Error{Code: autherr.CodePaused}) {
		t.Errorf("the pool of a paused account: %v", err)
	}
	dead := all[0]
	dead.Provider, dead.Status = "xai-oauth", record.StatusQuarantined
	if err := r.core.PoolsServable([]Account{all[0], dead}); autherr.KindOf(err) != autherr.SignIn {
		t.Errorf("two pools: %v", err)
	}
}

func TestPause_Stays(t *testing.T) {
	r := newRig(t)
	a := r.account("one")
	if err := r.core.Pause(t.Context(), a.ID, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if e := r.signIn(SignInOptions{Account: a.ID}); e == nil {
		t.Fatal("no sign-in")
	}
	if now, _ := r.open().Snapshot().Find(a.ID); !now.Paused.Holds(r.clock.Now()) {
		t.Error("a sign-in has ended the pause")
	}
}
