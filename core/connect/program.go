package connect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Program is one that can use an account.
type Program struct {
	ID      string // "claude-code"
	Name    string // "Claude Code"
	Aliases []string

	forms func(Use) ([]Form, error)
}

// Programs returns all programs that are known, in the order in which they are
// offered.
func Programs() []Program {
	return []Program{hermesAgent(), claudeCode(), codexCLI(), openCode(), openClaw(), environment()}
}

// Find returns the program that name stands for, its id or an alias, whatever
// the case. Another name is a usage error that lists what there is.
func Find(name string) (Program, error) {
	var ids []string
	for _, p := range Programs() {
		if strings.EqualFold(name, p.ID) || slices.Contains(p.Aliases, strings.ToLower(name)) {
			return p, nil
		}
		ids = append(ids, p.ID)
	}
	return Program{}, &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeUsage,
		Message: fmt.Sprintf("no program %q is known here", name),
		Hint:    "one of " + strings.Join(ids, ", ") + "; `env` fits every other",
	}
}

// Forms returns how the program is connected, the better form first. An account
// that the program cannot use is a usage error that says why.
func (p Program) Forms(u Use) ([]Form, error) { return p.forms(u) }

// Form returns one form by its name; an empty name is the first.
func (p Program) Form(u Use, name string) (Form, error) {
	forms, err := p.forms(u)
	if err != nil {
		return Form{}, err
	}
	var names []string
	for _, f := range forms {
		if name == "" || f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Form{}, &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeUsage,
		Message: fmt.Sprintf("%s has no form %q", p.Name, name),
		Hint:    "it has: " + strings.Join(names, ", "),
	}
}

// speaks returns an error unless the account's API is one of those.
func (u Use) speaks(program string, apis ...string) error {
	if slices.Contains(apis, u.API) {
		return nil
	}
	return &autherr.Error{
		Kind: autherr.Usage, Provider: u.Provider, Code: autherr.CodeUsage,
		Message: fmt.Sprintf("%s speaks %s, and this account's API is %s", program, strings.Join(apis, " or "), u.API),
		Hint:    "choose an account of another provider, or another program",
	}
}

// named returns an error when no model can be put into a configuration that
// needs one.
func (u Use) named(program string) error {
	if u.model() != "" {
		return nil
	}
	return &autherr.Error{
		Kind: autherr.Usage, Provider: u.Provider, Code: autherr.CodeUsage,
		Message: program + " has to be told a model, and none is known for this provider",
		Hint:    "name it with --model",
	}
}
