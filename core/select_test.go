package core

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

func TestSelect(t *testing.T) {
	r := newRig(t)
	for name, err := range map[string]error{
		"none":     func() error { _, err := r.core.Select(""); return err }(),
		"named":    func() error { _, err := r.core.SelectOne("work"); return err }(),
		"a pool":   func() error { _, err := r.core.SelectPool("minimax"); return err }(),
		"servable": r.core.Servable(""),
	} {
		if !errors.Is(err, autherr.NeedsSignIn) {
			t.Errorf("without any account, %s: %v", name, err)
		}
	}
	if err := r.core.state.Folder.Ensure(); err != nil {
		t.Fatal(err)
	}
	for i, one := range []struct{ provider, region, label string }{
		{"minimax-oauth", "global", "work"}, {"minimax-oauth", "global", "home"}, {"minimax-oauth", "cn", "work"}, {"nous", "global", "lab"},
	} {
		h := &record.Head{Public: record.Public{ID: fmt.Sprintf("aaaaa%d", i), Gen: 1, Status: record.StatusOK, Provider: one.provider, Region: one.region}, Label: one.label}
		if err := r.core.state.Folder.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		if err := r.core.state.Folder.Publish(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"aaaaa1":          "aaaaa1",
		"HOME":            "aaaaa1",
		"lab":             "aaaaa3",
		"nous":            "aaaaa3",
		"minimax/cn":      "aaaaa2",
		"minimax/global":  "aaaaa0 aaaaa1",
		"minimax/home":    "aaaaa1",
		"work":            autherr.CodeAmbiguousAccount, // in two pools
		"minimax/work":    autherr.CodeAmbiguousAccount,
		"":                autherr.CodeAmbiguousAccount,
		"minimax":         autherr.CodeAmbiguousAccount,
		"nobody":          autherr.CodeNoSuchAccount,
		"minimax/nobody":  autherr.CodeNoSuchAccount,
		"minimax/cn/work": autherr.CodeNoSuchAccount,
	} {
		found, err := r.core.Select(name)
		got := codeOf(err)
		for _, a := range found {
			got = strings.TrimSpace(got + " " + a.ID)
		}
		if got != want {
			t.Errorf("%q means %q, want %q (%v)", name, got, want, err)
		}
	}
	if _, err := r.core.SelectOne("minimax/global"); codeOf(err) != autherr.CodeAmbiguousAccount {
		t.Errorf("one of a pool of two: %v", err)
	}
	if a, err := r.core.SelectOne("home"); err != nil || a.ID != "aaaaa1" {
		t.Errorf("%v", err)
	}
	if pool, err := r.core.SelectPool("home"); err != nil || len(pool) != 2 || pool[0].ID != "aaaaa0" {
		t.Errorf("the pool of an account: %v, %v", pool, err)
	}
	if _, err := r.core.SelectPool("nobody"); codeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("%v", err)
	}
}

func TestSnapshot_Pools(t *testing.T) {
	r := newRig(t)
	a, b := r.account("work"), r.account("home")
	if err := r.core.state.Vault.Quarantine(t.Context(), a.ID, 0, record.Note{Code: "invalid_grant"}); err != nil {
		t.Fatal(err)
	}
	pools := r.core.Snapshot().Pools(r.clock.Now())
	if len(pools) != 1 || pools[0].Name != "MiniMax" || pools[0].Strategy != "fill_first" || len(pools[0].Members) != 2 {
		t.Fatalf("%+v", pools)
	}
	if m := pools[0].Members; m[0].ID != a.ID || m[0].Next || m[0].Reason == "" || m[1].ID != b.ID || !m[1].Next || m[1].Reason != "" {
		t.Errorf("%+v", m)
	}
}

// Why nobody serves is said with what helps.
func TestPick_NoneServes(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(h *record.Head)
		kind   autherr.Kind
		code   string
	}{
		"dead": {func(h *record.Head) {
			h.Status, h.Marker = record.StatusQuarantined, &record.Note{Code: "invalid_grant"}
		}, autherr.SignIn, ""},
		"not in the plan": {func(h *record.Head) {
			h.NotIncluded, h.LastError = true, &record.Note{Code: "no_api_access"}
		}, autherr.Failed, "no_api_access"},
		"not in the plan, no code": {func(h *record.Head) { h.NotIncluded = true }, autherr.Failed, string(NotIncluded)},
	} {
		r := newRig(t)
		a := r.account("work")
		h, err := r.core.state.Folder.ReadHead(a.ID)
		if err != nil {
			t.Fatal(err)
		}
		tc.change(h)
		if err := r.core.state.Folder.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		if err := r.core.state.Folder.Publish(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		_, err = r.core.Pick(t.Context(), "", PickOptions{Model: "MiniMax-M2"})
		if autherr.KindOf(err) != tc.kind || tc.code != "" && codeOf(err) != tc.code {
			t.Errorf("%s: %v (%s)", name, err, codeOf(err))
		}
		if err := r.core.Servable(""); autherr.KindOf(err) != tc.kind {
			t.Errorf("%s: servable: %v", name, err)
		}
	}
	r := newRig(t)
	a := r.account("work")
	if _, err := r.core.Pick(t.Context(), "", PickOptions{Not: []string{a.ID}}); autherr.KindOf(err) != autherr.CoolingDown {
		t.Errorf("refused before: %v", err)
	}
	if err := r.core.Servable(""); err != nil {
		t.Errorf("%v", err)
	}
}
