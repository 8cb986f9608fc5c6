package connect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Program is one that can use an account.
type Program struct {
	ID      string // "claude-code"
	Name    string // "Claude Code"
	Aliases []string
	// File is where its file usually is; empty: there is none. [Program.Path]
	// says where it is here.
	File string
	// Command is the name of its executable; empty: there is none.
	Command string
	// Overrules says that it takes --settings FILE before its own files.
	Overrules bool
	// APIs is what it can ask models in.
	APIs []string
	// Leads are arguments that lead one run of it to the proxy at an address, for
	// a program whose environment does not; nil: its environment does.
	Leads func(proxy string) []string
	// Unled says that no environment and no argument leads it to a proxy: where its
	// models are, its file alone says.
	Unled bool
	// Sets are further variables that a run of it needs, beside those that lead to
	// the proxy.
	Sets []Variable
	// Ask are the arguments with which Command prints what it read from its
	// files; nil: it does not say.
	Ask []string

	named  bool // it has to be told a model
	format Format
	forms  func(Use) ([]Form, error)
	path   func(World) (string, error) // of the file that it reads; nil: there is none
	rivals rivals
}

// Path returns the file that the program reads. A place that is not known for
// sure is a usage error; a program without a file has an empty one.
func (p Program) Path(w World) (string, error) {
	if p.path == nil {
		return "", nil
	}
	return p.path(w)
}

// Check returns an error when the program's file cannot be read as what the
// program takes it for; then none of its settings count.
func (p Program) Check(text []byte) error {
	_, err := readAs(p.format, text)
	return err
}

// Programs returns all programs that are known, in the order in which they are
// offered.
func Programs() []Program {
	return []Program{hermesAgent(), claudeCode(), codexCLI(), openCode(), openClaw(), crush(), aider(), cline(), continueDev(), goose(), llm(), qwenCode(), zed(), environment()}
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

// ByCommand returns the program whose executable is called like the last part of
// a path.
func ByCommand(path string) (Program, bool) {
	name := path[strings.LastIndexAny(path, `/\`)+1:]
	if i := strings.IndexByte(name, '.'); i > 0 { // .exe, .cmd
		name = name[:i]
	}
	for _, p := range Programs() {
		if p.Command != "" && strings.EqualFold(p.Command, name) {
			return p, true
		}
	}
	return Program{}, false
}

// Forms returns how the program is connected, the better form first. An account
// that the program cannot use is a usage error that says why, and what can use it.
func (p Program) Forms(u Use) ([]Form, error) {
	u, err := u.asked(p)
	if err != nil {
		return nil, err
	}
	forms, err := p.forms(u)
	for i := range forms {
		if forms[i].Format != Shell {
			forms[i].Format = p.format
			forms[i].drops = slices.Concat(forms[i].drops, slices.DeleteFunc(slices.Clone(p.rivals.drops), forms[i].sets))
		}
	}
	return forms, err
}

// Form returns one form by its name; an empty name is the first.
func (p Program) Form(u Use, name string) (Form, error) {
	forms, err := p.Forms(u)
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

// asked is the use in a format in which the program asks: what the account is
// bound to, else the first further one that both speak.
func (u Use) asked(p Program) (Use, error) {
	wires := append([]oauth.Wire{{API: u.API, BaseURL: u.BaseURL}}, u.Also...)
	i := slices.IndexFunc(wires, func(w oauth.Wire) bool { return slices.Contains(p.APIs, w.API) })
	if i < 0 {
		return u, u.mute(p, wires)
	}
	u.API, u.BaseURL = wires[i].API, wires[i].BaseURL
	if p.named && u.model() == "" {
		return u, &autherr.Error{
			Kind: autherr.Usage, Provider: u.Provider, Code: autherr.CodeUsage,
			Message: p.Name + " has to be told a model, and none is known for this provider",
			Hint:    "name it with --model",
		}
	}
	return u, nil
}

// mute says that a program does not speak what the account does, and which programs
// do.
func (u Use) mute(p Program, wires []oauth.Wire) error {
	var spoken, others []string
	for _, w := range wires {
		spoken = append(spoken, w.API)
	}
	for _, other := range Programs() {
		if slices.ContainsFunc(spoken, func(api string) bool { return slices.Contains(other.APIs, api) }) {
			others = append(others, other.ID)
		}
	}
	hint := "no program is known that speaks it; `hermes-tui token` hands its token out"
	if len(others) > 0 {
		hint = "what speaks it: " + strings.Join(others, ", ") + "; or choose an account of another provider"
	}
	return &autherr.Error{
		Kind: autherr.Usage, Provider: u.Provider, Code: autherr.CodeUsage,
		Message: fmt.Sprintf("%s speaks %s, and this account's API is %s", p.Name, strings.Join(p.APIs, " or "), strings.Join(spoken, ", ")),
		Hint:    hint,
	}
}

// everyFormat is what programs speak that take whatever an account does.
func everyFormat() []string { return []string{anthropicMessages, chatCompletions, codexResponses} }
