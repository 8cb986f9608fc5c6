package core

import (
	"context"
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/consent"
)

// Of a pool the next account is asked about where a person has refused one, and
// not where nobody has answered.
func TestAdmit_OfAPool(t *testing.T) {
	nobody := &autherr.Error{Code: autherr.CodeNotConfirmed, Message: "nobody answered"}
	for name, tc := range map[string]struct {
		says      consent.Verdict
		err       error
		questions int
	}{
		"yes": {consent.Once, nil, 1}, "no": {consent.No, nil, 2}, "nobody answers": {"", nobody, 1}, "given up": {"", context.Canceled, 1},
	} {
		r := newRig(t)
		for _, label := range []string{"one", "two"} {
			if err := r.core.SetConfirm(t.Context(), r.account(label).ID, true); err != nil {
				t.Fatal(err)
			}
		}
		asked := 0
		err := r.core.Admit(t.Context(), "minimax", PickOptions{}, consent.Prompt{Ask: func(context.Context, consent.Request) (consent.Verdict, error) {
			asked++
			return tc.says, tc.err
		}})
		if (err == nil) != tc.says.Allows() || tc.err != nil && !errors.Is(err, tc.err) || asked != tc.questions {
			t.Errorf("%s: %v after %d questions, want %d", name, err, asked, tc.questions)
		}
	}
}
