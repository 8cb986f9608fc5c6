package accounts

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Select returns the accounts that a person means by name, in pool order: one
// account for an id, a label or provider/label, all of a pool for a provider.
// An empty name means the default ([Accounts.Use]), else the only pool there is.
func (as *Accounts) Select(name string) ([]Account, error) {
	return as.ToPick(glance.Mark{}).Select(name, as.state.Providers)
}

// Select is [Accounts.Select] in a snapshot at hand; table knows the names of
// providers.
func (s Snapshot) Select(name string, table provider.Table) ([]Account, error) {
	accounts := s.Accounts
	if s.Err != nil {
		return nil, s.Err
	}
	if len(accounts) == 0 {
		return nil, &autherr.Error{
			Kind: autherr.SignIn, Code: autherr.CodeNotLoggedIn, Relogin: true,
			Message: "there is no account yet", Hint: "sign in with `hermes-tui login`",
		}
	}
	if name == "" {
		if chosen := s.chosen(); len(chosen) > 0 {
			return chosen, nil
		}
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
	if match, rest, ok := poolNamed(name, table); ok {
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
func (as *Accounts) SelectPool(name string) ([]Account, error) {
	snapshot := as.Snapshot()
	found, err := snapshot.Select(snapshot.PoolCalled(name, as.state.Providers), as.state.Providers)
	if err != nil {
		return nil, err
	}
	id := found[0].Pool()
	return inPool(snapshot.Accounts, func(a Account) bool { return a.Pool() == id }), nil
}

// PoolCalled returns the name that means a pool and nothing else, where name is that
// of a pool which has accounts; else name. The first account of a provider is called
// like the provider, and where a pool is asked for that is not the one.
func (as *Accounts) PoolCalled(name string) string {
	return as.ToPick(glance.Mark{}).PoolCalled(name, as.state.Providers)
}

// PoolCalled is [Accounts.PoolCalled] in a snapshot at hand.
func (s Snapshot) PoolCalled(name string, table provider.Table) string {
	match, rest, ok := poolNamed(name, table)
	if !ok || rest != "" {
		return name
	}
	members := inPool(s.Accounts, match)
	if len(members) == 0 || !together(members) {
		return name
	}
	return members[0].Pool().String()
}

// Alone returns the pool, and how many accounts it has, that name is the name of as
// well, where it means one account: that serves alone then, and a person may not know.
// ok is false for every other name.
func (as *Accounts) Alone(name string) (pool string, members int, ok bool) {
	snapshot, table := as.Snapshot(), as.state.Providers
	called := snapshot.PoolCalled(name, table)
	one, err := snapshot.Select(name, table)
	all, failed := snapshot.Select(called, table)
	if err != nil || failed != nil || called == name || len(one) != 1 || len(all) < 2 {
		return "", 0, false
	}
	alias, _, _ := strings.Cut(name, "/")
	return alias + "/" + all[0].Region, len(all), true
}

// SelectOne returns the one account that name means; a pool of several is an
// error that lists them.
func (as *Accounts) SelectOne(name string) (Account, error) {
	found, err := as.Select(name)
	if err != nil {
		return Account{}, err
	}
	if len(found) > 1 {
		return Account{}, ambiguous(name, found)
	}
	return found[0], nil
}

// Called reports whether a name that means this account alone is its own, and not
// that of a pool which it is the only one of.
func (a Account) Called(name string) bool {
	_, label, _ := strings.Cut(name, "/")
	return name != "" && (name == a.ID || strings.EqualFold(name, a.Label) || strings.EqualFold(label, a.Label))
}

// poolNamed reads "minimax", "minimax/cn" or "minimax/label": which accounts, and
// what is left of the name.
func poolNamed(name string, table provider.Table) (match func(Account) bool, rest string, ok bool) {
	head, tail, _ := strings.Cut(name, "/")
	if tail != "" {
		if p, r, err := table.Find(name); err == nil {
			return func(a Account) bool { return a.Provider == p.ID && a.Region == r.ID }, "", true
		}
	}
	p, _, err := table.Find(head)
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
		Hint:    "name one of " + strings.Join(names, ", ") + ", or an account; `hermes-tui use` makes one the default",
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

// NameOf is what a person calls an account in a command: its label, or its id where the
// label means others as well, or would be taken for a flag.
func (as *Accounts) NameOf(a Account) string {
	if strings.HasPrefix(a.Label, "-") {
		return a.ID
	}
	if one, err := as.SelectOne(a.Label); err != nil || one.ID != a.ID {
		return a.ID
	}
	return a.Label
}

func ambiguous(name string, found []Account) error {
	message := fmt.Sprintf("%q means several accounts", name)
	if name == "" {
		message = "there are several accounts"
	}
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeAmbiguousAccount, Message: message,
		Hint: "name one of " + candidates(found),
	}
}

// candidates are accounts to choose from, as a person names them: an id only where a
// label is not one account's alone.
func candidates(accounts []Account) string {
	const most = 8
	var names []string
	pools, labels := map[pool.ID]bool{}, map[string]int{}
	for i := range accounts {
		pools[accounts[i].Pool()] = true
		labels[strings.ToLower(accounts[i].Label)]++
	}
	for i, a := range accounts {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(accounts)-most))
			break
		}
		switch {
		case labels[strings.ToLower(a.Label)] == 1:
			names = append(names, a.Label)
		case len(pools) > 1:
			names = append(names, fmt.Sprintf("%s (%s, %s)", a.ID, a.Label, a.ProviderName))
		default:
			names = append(names, fmt.Sprintf("%s (%s)", a.ID, a.Label))
		}
	}
	return strings.Join(names, ", ")
}

// Listed are the accounts with these ids.
func (as *Accounts) Listed(ids []string) (found []Account) {
	all := as.Snapshot().Accounts
	at := make(map[string]int, len(all))
	for i, a := range all {
		at[a.ID] = i
	}
	for _, id := range ids {
		if i, ok := at[id]; ok {
			found = append(found, all[i])
		}
	}
	return found
}
