package refresh

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// The whole decision, under the lock, between what is there and a request. The
// account is at generation 2, with a token that has lived for a minute of its
// fifteen, and its refresh token's hash is "now".
func TestAdopt(t *testing.T) {
	const send, current, lost = "", "nothing to do: the token is current", "the answer of the last refresh was lost"
	failed := &record.Note{Code: "unreachable", Message: "MiniMax was not reached"}
	asked := Request{Gen: 2, Asked: true}
	for name, c := range map[string]struct {
		at      time.Duration // since the token was obtained; 0: a minute
		head    func(h *record.Head)
		before  func(b *record.Head) // as the caller saw it; nil: as it is now
		req     Request
		forward bool
		grace   time.Duration
		want    string // the note, "adopted", "failed"; empty: a request is sent
	}{
		"current":                                {req: Request{Gen: 2}, want: current},
		"whichever":                              {want: current},
		"due":                                    {at: 14 * time.Minute, req: Request{Gen: 2}, want: send},
		"a moment before it is due":              {at: 14*time.Minute - 1, req: Request{Gen: 2}, want: current},
		"asked":                                  {req: asked, want: send},
		"asked, refreshed 59 s ago":              {head: func(h *record.Head) { h.LastRefreshAt = start.Add(time.Second) }, req: asked, want: "refreshed 59 s ago"},
		"asked, refreshed a minute ago":          {head: func(h *record.Head) { h.LastRefreshAt = start }, req: asked, want: send},
		"asked, refreshed this moment":           {head: func(h *record.Head) { h.LastRefreshAt = start.Add(time.Minute) }, req: asked, want: "refreshed 0 s ago"},
		"asked, refreshed by a clock ahead":      {head: func(h *record.Head) { h.LastRefreshAt = start.Add(time.Hour) }, req: asked, want: send},
		"newer than the caller's":                {req: Request{Gen: 1}, want: "adopted"},
		"newer than before the wait":             {before: func(b *record.Head) { b.Gen = 1 }, want: "adopted"},
		"newer, due":                             {at: 14 * time.Minute, req: Request{Gen: 1}, want: send},
		"newer, due, waited for":                 {at: 14 * time.Minute, before: func(b *record.Head) { b.Attempts-- }, req: Request{Gen: 1}, want: "adopted"},
		"newer, due, brought forward":            {at: 14 * time.Minute, req: Request{Gen: 1}, forward: true, want: "adopted"},
		"newer, ended, waited for":               {at: 15 * time.Minute, before: func(b *record.Head) { b.Attempts-- }, req: Request{Gen: 1}, want: send},
		"newer, ended, failed since":             {at: 15 * time.Minute, head: func(h *record.Head) { h.LastError = failed }, before: func(b *record.Head) { b.Attempts-- }, req: Request{Gen: 1}, want: send},
		"somebody else's failure":                {at: 15 * time.Minute, head: func(h *record.Head) { h.LastError = failed }, before: func(b *record.Head) { b.Attempts-- }, req: Request{Gen: 2}, want: "failed"},
		"a failure from before":                  {at: 15 * time.Minute, head: func(h *record.Head) { h.LastError = failed }, req: Request{Gen: 2}, want: send},
		"somebody else's turn without an end":    {at: 15 * time.Minute, before: func(b *record.Head) { b.Attempts-- }, req: Request{Gen: 2}, want: send},
		"not included":                           {head: func(h *record.Head) { h.NotIncluded = true }, req: Request{Gen: 2}, want: "failed"},
		"not included, asked":                    {head: func(h *record.Head) { h.NotIncluded = true }, req: asked, want: send},
		"asked to wait":                          {at: 15 * time.Minute, head: func(h *record.Head) { h.NotBefore = start.Add(16 * time.Minute) }, req: Request{Gen: 2}, want: "failed"},
		"asked to wait, refused":                 {head: func(h *record.Head) { h.NotBefore = start.Add(time.Hour) }, req: Request{Gen: 2, Refused: true}, want: "failed"},
		"asked to wait, forced":                  {head: func(h *record.Head) { h.NotBefore, h.LastRefreshAt = start.Add(time.Hour), start.Add(time.Minute) }, req: Request{Force: true}, want: send},
		"asked to wait until now":                {at: 15 * time.Minute, head: func(h *record.Head) { h.NotBefore = start.Add(15 * time.Minute) }, req: Request{Gen: 2}, want: send},
		"refused":                                {head: func(h *record.Head) { h.LastRefreshAt = start.Add(time.Minute) }, req: Request{Gen: 2, Refused: true}, want: send},
		"refused, of before":                     {req: Request{Gen: 1, Refused: true}, want: "adopted"},
		"refused, of none that was":              {req: Request{Gen: 3, Refused: true}, want: current},
		"lost, asked":                            {head: func(h *record.Head) { h.Uncertain = "now" }, req: asked, want: lost},
		"lost, of another token":                 {head: func(h *record.Head) { h.Uncertain = "other" }, req: asked, want: send},
		"lost, due":                              {at: 14 * time.Minute, head: func(h *record.Head) { h.Uncertain = "now" }, req: asked, want: send},
		"lost, refused":                          {head: func(h *record.Head) { h.Uncertain = "now" }, req: Request{Gen: 2, Refused: true}, want: send},
		"lost, refused before":                   {head: func(h *record.Head) { h.Uncertain = "now" }, req: Request{Gen: 3, Refused: true}, want: lost},
		"lost, forced":                           {head: func(h *record.Head) { h.Uncertain = "now" }, req: Request{Force: true}, want: send},
		"lost, forgiven":                         {head: func(h *record.Head) { h.Uncertain = "now" }, req: asked, grace: 2 * time.Second, want: send},
		"lost, forgiven for too short":           {head: func(h *record.Head) { h.Uncertain = "now" }, req: asked, grace: 2*time.Second - 1, want: lost},
		"in doubt, asked":                        {head: func(h *record.Head) { h.Doubts = 1 }, req: asked, want: lost},
		"wants longer":                           {req: Request{Gen: 2, MinLife: 14*time.Minute + time.Second}, want: send},
		"wants as long as is left":               {req: Request{Gen: 2, MinLife: 14 * time.Minute}, want: current},
		"wants longer than any lives":            {req: Request{Gen: 2, MinLife: 15 * time.Minute}, want: current},
		"wants longer, just refreshed":           {head: func(h *record.Head) { h.LastRefreshAt = start.Add(time.Second) }, req: Request{Gen: 2, MinLife: 14*time.Minute + time.Second}, want: current},
		"wants longer, and has no end":           {head: func(h *record.Head) { h.ExpiresAt = time.Time{} }, req: Request{Gen: 2, MinLife: time.Minute}, want: current},
		"newer, and wants longer":                {req: Request{Gen: 1, MinLife: 14*time.Minute + time.Second}, want: send},
		"newer, wants longer, and waited for it": {before: func(b *record.Head) { b.Attempts-- }, req: Request{Gen: 1, MinLife: 14*time.Minute + time.Second}, want: "adopted"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			h := w.head()
			h.Gen, h.Attempts = 2, 5
			h.ObtainedAt, h.ExpiresAt, h.LastRefreshAt = start, start.Add(life), time.Time{}
			if c.head != nil {
				c.head(h)
			}
			before := *h
			if c.before != nil {
				c.before(&before)
			}
			if c.at == 0 {
				c.at = time.Minute
			}
			w.clock.Set(start.Add(c.at))
			turn := &turn{Engine: w.engine, req: c.req, Txn: &vault.Txn{Head: h, Recovered: c.forward}, hash: "now", rules: Rules{Grace: c.grace}}
			done, res, err := turn.adopt(&before)
			got := res.Note
			switch {
			case err != nil:
				got = "failed"
			case res.Adopted:
				got = "adopted"
			}
			if done != (c.want != send) || !strings.Contains(got, c.want) || c.want == send && got != "" {
				t.Errorf("done %t, %q, %v; want %q", done, got, err, c.want)
			}
			if res.Current.Head != h {
				t.Error("the tokens there are are not in the result")
			}
		})
	}
}

// A key is kept apart from whatever its provider's rules are, and an account
// without a refresh token is never in doubt.
func TestRefresh_WhatHasNoRefreshTokenNeedsNoRules(t *testing.T) {
	w := newWorld(t)
	w.key("sk-first")
	w.engine.Rules = func(string, string) (Rules, error) { return Rules{}, errors.New("no such provider") }
	if got, err := w.refresh(Request{Gen: 2}); err != nil || got.Current.Blob.Access.Reveal() != "sk-first" {
		t.Errorf("%+v, %v", got, err)
	}
	none := &turn{Engine: w.engine, Txn: &vault.Txn{Head: &record.Head{Public: record.Public{ExpiresAt: w.clock.Now().Add(life)}}}}
	if none.harmful(w.clock.Now()) {
		t.Error("there is nothing that could be spent")
	}
}

// A failure of which nothing was written down is told all the same.
func TestLastFailure(t *testing.T) {
	h := &record.Head{Public: record.Public{Provider: "minimax-oauth", NotBefore: start.Add(time.Minute)}}
	var e *autherr.Error
	if err := LastFailure(h, start); !errors.As(err, &e) || e.Kind != autherr.Network || e.Code != autherr.CodeRefreshFailed || e.Provider != "minimax-oauth" || e.Message == "" || e.RetryAfter != time.Minute {
		t.Errorf("%+v", e)
	}
	h.LastError = &record.Note{Provider: "other", Code: "unreachable", Message: "no network"}
	if err := LastFailure(h, start); !errors.As(err, &e) || e.Code != "unreachable" || e.Provider != "other" || e.Message != "no network" || e.Hint == "" {
		t.Errorf("%+v", e)
	}
	h.NotIncluded = true
	if err := LastFailure(h, start); !errors.As(err, &e) || e.Kind != autherr.Failed || e.Hint != h.NoAPI("").Hint {
		t.Errorf("%+v", e)
	}
}

// An id that never was is not reserved by asking for it.
func TestRefresh_AnIDThatNeverWas(t *testing.T) {
	w := newWorld(t)
	if _, err := w.engine.Refresh(t.Context(), "ffffffffff", Request{}); !errors.Is(err, autherr.NotFound) {
		t.Errorf("%v", err)
	}
	if ids, err := w.folder.ReservedIDs(); err != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, err)
	}
}

// Only a keystore that is locked marks the account so.
func TestRefresh_AnAbsentKeystoreIsNotALockedOne(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.ring.get = &keystore.Error{Condition: keystore.Unavailable, Message: "there is no keyring"}
	rev := w.head().Rev
	if _, err := w.refresh(Request{}); autherr.KindOf(err) != autherr.Keystore {
		t.Fatalf("%v", err)
	}
	if h := w.head(); h.Locked || h.Rev != rev {
		t.Errorf("%+v", h)
	}
}
