package accounts

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Speaks reports whether the account's models are asked in one of these.
func (a Account) Speaks(apis []string) bool {
	return slices.ContainsFunc(a.APIs, func(api string) bool { return slices.Contains(apis, api) })
}

// SelectSpeaking is [Accounts.Select] for those accounts whose models are asked in
// one of apis; an empty name means the default if it has such accounts, else the
// only pool that has.
func (as *Accounts) SelectSpeaking(name string, apis []string) ([]Account, error) {
	return as.ToPick(glance.Mark{}).SelectSpeaking(name, apis, as.state.Providers)
}

// SelectSpeaking is [Snapshot.Select] for those accounts whose models are asked in
// one of apis; an empty name means the default if it has such accounts, else the
// only pool that has.
func (s Snapshot) SelectSpeaking(name string, apis []string, table provider.Table) ([]Account, error) {
	if len(apis) == 0 {
		return s.Select(name, table)
	}
	if name == "" && len(s.Accounts) > 0 {
		able := speaking(s.Accounts, apis)
		if len(able) == 0 {
			return nil, notSpoken(s.Accounts, apis)
		}
		s.Accounts = able
	}
	found, err := s.Select(name, table)
	if err != nil {
		return nil, err
	}
	able := speaking(found, apis)
	if len(able) == 0 {
		return nil, notSpoken(found, apis)
	}
	return able, nil
}

// speaking returns those of the accounts that speak one of apis.
func speaking(accounts []Account, apis []string) []Account {
	mute := func(a Account) bool { return !a.Speaks(apis) }
	if !slices.ContainsFunc(accounts, mute) {
		return accounts
	}
	return slices.DeleteFunc(slices.Clone(accounts), mute)
}

// notSpoken says that none of the accounts speaks what is asked.
func notSpoken(accounts []Account, apis []string) error {
	var names, have []string
	for i := range accounts {
		names, have = append(names, accounts[i].ProviderName), append(have, accounts[i].APIs...)
	}
	for _, list := range []*[]string{&names, &have} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return &autherr.Error{
		Kind: autherr.Usage, Provider: accounts[0].Provider, Code: autherr.CodeAPINotServed,
		Message: strings.Join(names, ", ") + " accounts speak " + strings.Join(have, ", ") + ", not " + strings.Join(apis, " or "),
		Hint:    "ask in what they speak, or name another account or pool",
	}
}
