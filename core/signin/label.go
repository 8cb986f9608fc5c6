package signin

import (
	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// newLabel is the label that was asked for, else what the token says of its
// owner, else the first free default one: "minimax", "minimax-2", ….
func (a *attempt) newLabel() string {
	if a.options.Label != "" && a.accounts.LabelFree(a.options.Label, a.options.Provider, a.options.Region, "") == nil {
		if label, err := accounts.CleanLabel(a.options.Label); err == nil {
			return label
		}
	}
	if label, err := accounts.CleanLabel(a.owner.Label); err == nil {
		return provider.Numbered(label, a.labelTaken)
	}
	return a.accounts.DefaultLabel(a.options.Provider, a.options.Region)
}

func (a *attempt) labelTaken(label string) bool {
	return a.accounts.LabelFree(label, a.options.Provider, a.options.Region, "") != nil
}
