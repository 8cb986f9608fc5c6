package core

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// TestAskPlan: what is left is asked for with the account's token, and is no
// request to the model API.
func TestAskPlan(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	if err := r.portal.UsePlan(r.portal.Grants()[0].ID, 62); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		known, err := r.core.AskPlan(t.Context(), a.ID)
		if left, ok := known.Reading.Left("", r.clock.Now()); err != nil || !ok || left != 38 {
			t.Fatalf("%v is left, %v, %v", left, ok, err)
		}
	}
	if err := r.core.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if used, err := r.core.SelectOne("work"); err != nil || used.Requests != 0 {
		t.Errorf("%d requests are counted, %v", used.Requests, err)
	}
}

// TestAskPlan_OfAProviderThatTellsNowhere: no token is had for it, and what answers
// have told is still known.
func TestAskPlan_OfAProviderThatTellsNowhere(t *testing.T) {
	r := newRig(t)
	key, err := r.key(KeyOptions{Provider: "openai-api", Label: "gpt"}, pastedKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.core.AskPlan(t.Context(), key.ID); !errors.Is(err, usage.ErrNotTold) {
		t.Errorf("before anything was told: %v", err)
	}
	h := http.Header{}
	h.Set("X-Ratelimit-Limit-Requests", "60")
	h.Set("X-Ratelimit-Remaining-Requests", "45")
	r.core.Told(key.ID, h)
	known, err := r.core.AskPlan(t.Context(), key.ID)
	if left, ok := known.Reading.Left("requests", r.clock.Now()); err != nil || !ok || left != 75 {
		t.Errorf("%v is left, %v, %v", left, ok, err)
	}
	if _, err := r.core.AskPlan(t.Context(), "nobody"); !errors.Is(err, &autherr.Error{Code: autherr.CodeNoSuchAccount}) {
		t.Errorf("of no account: %v", err)
	}
}

// TestSnapshot_WhatAnotherProcessWasTold: a snapshot says it once it is written, and
// those before stay as they were.
func TestSnapshot_WhatAnotherProcessWasTold(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	before := r.core.Snapshot()
	h, other := http.Header{}, r.open()
	h.Set("X-Codex-Primary-Used-Percent", "62")
	h.Set("X-Codex-Primary-Window-Minutes", "300")
	other.Told(a.ID, h)
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := r.core.Snapshot().Accounts[0]
	if after.Plan == nil || before.Accounts[0].Plan != nil {
		t.Fatalf("before %v, after %v", before.Accounts[0].Plan, after.Plan)
	}
	if left := after.Left("", r.clock.Now()); !left.Told || left.Used != 62 {
		t.Errorf("%+v", left)
	}
}
