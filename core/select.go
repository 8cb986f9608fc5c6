package core

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// Select returns the accounts that a person means by name, in pool order: one
// account for an id, a label or provider/label, all of a pool for a provider.
// An empty name means the only pool there is.
func (c *Core) Select(name string) ([]Account, error) {
	return c.selectFrom(c.Snapshot(), name)
}

func (c *Core) selectFrom(snapshot Snapshot, name string) ([]Account, error) {
	accounts := snapshot.Accounts
	if snapshot.Err != nil {
		return nil, snapshot.Err
	}
	if len(accounts) == 0 {
		return nil, &autherr.Error{
			Kind: autherr.SignIn, Code: autherr.CodeNotLoggedIn, Relogin: true,
			Message: "there is no account yet", Hint: "sign in with `hermes-tui login`",
		}
	}
	if name == "" {
		return onlyPool(accounts)
	}
	for _, a := range accounts {
		if a.ID == name {
			return []Account{a}, nil
		}
	}
	if found := withLabel(accounts, name); len(found) > 0 {
		return oneOf(name, found)
	}
	if match, rest, ok := c.pool(name); ok {
		members := inPool(accounts, match)
		if rest == "" && len(members) > 0 {
			return onlyPool(members)
		}
		if found := withLabel(members, rest); len(found) > 0 {
			return oneOf(name, found)
		}
	}
	return nil, &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeNoSuchAccount,
		Message: fmt.Sprintf("there is no account %q", name),
		Hint:    "there are: " + candidates(accounts),
	}
}

// SelectPool returns the accounts of the one pool that name means, in pool
// order; an account stands for its pool.
func (c *Core) SelectPool(name string) ([]Account, error) {
	snapshot := c.Snapshot()
	found, err := c.selectFrom(snapshot, name)
	if err != nil {
		return nil, err
	}
	id := found[0].Pool()
	return inPool(snapshot.Accounts, func(a Account) bool { return a.Pool() == id }), nil
}

// SelectOne returns the one account that name means; a pool of several is an
// error that lists them.
func (c *Core) SelectOne(name string) (Account, error) {
	found, err := c.Select(name)
	if err != nil {
		return Account{}, err
	}
	if len(found) > 1 {
		return Account{}, ambiguous(name, found)
	}
	return found[0], nil
}

// pool reads "minimax", "minimax/cn" or "minimax/label": which accounts, and
// what is left of the name.
func (c *Core) pool(name string) (match func(Account) bool, rest string, ok bool) {
	head, tail, _ := strings.Cut(name, "/")
	if tail != "" {
		if p, r, err := c.state.Providers.Find(name); err == nil {
			return func(a Account) bool { return a.Provider == p.ID && a.Region == r.ID }, "", true
		}
	}
	p, _, err := c.state.Providers.Find(head)
	if err != nil {
		return nil, "", false
	}
	return func(a Account) bool { return a.Provider == p.ID }, tail, true
}

func inPool(accounts []Account, match func(Account) bool) (found []Account) {
	for _, a := range accounts {
		if match(a) {
			found = append(found, a)
		}
	}
	return found
}

func withLabel(accounts []Account, label string) (found []Account) {
	for _, a := range accounts {
		if label != "" && strings.EqualFold(a.Label, label) {
			found = append(found, a)
		}
	}
	return found
}

func oneOf(name string, found []Account) ([]Account, error) {
	if len(found) > 1 {
		return nil, ambiguous(name, found)
	}
	return found, nil
}

// onlyPool returns the accounts if they are all of one pool. Prompts must never
// wander to another provider or jurisdiction because an account failed.
func onlyPool(accounts []Account) ([]Account, error) {
	if together(accounts) {
		return accounts, nil
	}
	pools := map[pool.ID]bool{}
	for i := range accounts {
		pools[accounts[i].Pool()] = true
	}
	names := make([]string, 0, len(pools))
	for name := range pools {
		names = append(names, name.String())
	}
	sort.Strings(names)
	return nil, &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeAmbiguousAccount,
		Message: "there are several pools",
		Hint:    "name one of " + strings.Join(names, ", ") + ", or an account",
	}
}

// together reports whether the accounts are all of one pool.
func together(accounts []Account) bool {
	for i := range accounts {
		if accounts[i].Pool() != accounts[0].Pool() {
			return false
		}
	}
	return true
}

func ambiguous(name string, found []Account) error {
	message := fmt.Sprintf("%q means several accounts", name)
	if name == "" {
		message = "there are several accounts"
	}
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeAmbiguousAccount, Message: message,
		Hint: "name one by its id: " + candidates(found),
	}
}

func candidates(accounts []Account) string {
	const most = 8
	var names []string
	pools := map[pool.ID]bool{}
	for i := range accounts {
		pools[accounts[i].Pool()] = true
	}
	for i, a := range accounts {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(accounts)-most))
			break
		}
		name := a.Label
		if len(pools) > 1 {
			name += ", " + a.ProviderName
		}
		names = append(names, fmt.Sprintf("%s (%s)", a.ID, name))
	}
	return strings.Join(names, ", ")
}

// unusable says why no account can serve before somebody does something, one
// reason for each kind of trouble.
func unusable(accounts []Account, now time.Time) error {
	var first *autherr.Error
	var reasons []string
	said := map[string]bool{}
	for i := range accounts {
		e := accounts[i].Trouble(accounts[i].Label, now)
		if e == nil {
			continue
		}
		if first == nil || urgency(e) > urgency(first) {
			first = e
		}
		if kind := e.Code + accounts[i].Owner; !said[kind] {
			said[kind] = true
			reasons = append(reasons, e.Message)
		}
	}
	switch {
	case first == nil:
		return &autherr.Error{Kind: autherr.Failed, Message: "no account can serve", Hint: "`hermes-tui pool show` says why"}
	case len(accounts) == 1:
		return first
	}
	e := *first
	e.Message = fmt.Sprintf("none of the %d accounts can serve: %s", len(accounts), strings.Join(reasons, "; "))
	return &e
}

// urgency says which of several troubles names the cure: a locked keystore,
// behind which anything may be, before a sign-in, before what others must do.
func urgency(e *autherr.Error) int {
	switch {
	case e.Kind == autherr.Keystore:
		return 3
	case e.Relogin:
		return 2
	case e.Kind == autherr.SignIn:
		return 1
	default:
		return 0
	}
}
