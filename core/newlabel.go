package core

import (
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// newLabel is the label that was asked for, else what the token says of its
// owner, else the first free default one: "minimax", "minimax-2", ….
func (a *attempt) newLabel() string {
	if a.options.Label != "" && a.LabelFree(a.options.Label, a.options.Provider, a.options.Region, "") == nil {
		if label, err := CleanLabel(a.options.Label); err == nil {
			return label
		}
	}
	if label, err := CleanLabel(a.owner.Label); err == nil {
		return provider.Numbered(label, a.labelTaken)
	}
	return a.DefaultLabel(a.options.Provider, a.options.Region)
}

func (a *attempt) labelTaken(label string) bool {
	return a.LabelFree(label, a.options.Provider, a.options.Region, "") != nil
}
