package signin

import (
	"context"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// KeyOptions says whose API key is added where.
type KeyOptions struct {
	Provider string // id or alias; ignored when Account is set
	Region   string // empty: the provider's first
	Account  string // id of an account of this kind that gets a new key; empty: a new account
	Label    string // of a new account; empty: a default one
}

// AddKey stores an API key as an account, so that a pool can fall back to it. It
// has no expiry and is never refreshed; nothing is sent to prove that it works.
func (in *SignIns) AddKey(ctx context.Context, o KeyOptions, key secret.Secret) (accounts.Account, error) {
	key = secret.New(strings.TrimSpace(key.Reveal()))
	a := &attempt{SignIns: in, authType: record.APIKey, options: Options{Provider: o.Provider, Region: o.Region, Account: o.Account, Label: o.Label}}
	if err := a.resolve(); err != nil {
		return accounts.Account{}, err
	}
	if a.provider.NoKeys {
		return accounts.Account{}, &autherr.Error{
			Kind: autherr.Usage, Provider: a.provider.ID, Code: autherr.CodeUsage,
			Message: a.provider.Name + " takes no API keys", Hint: "sign in with `hermes-tui login " + a.provider.ID + "`",
		}
	}
	if err := checkKey(key); err != nil {
		return accounts.Account{}, err
	}
	if err := a.probe(ctx); err != nil {
		return accounts.Account{}, err
	}
	if err := ctx.Err(); err != nil {
		return accounts.Account{}, err
	}
	binding := a.target.Binding
	binding.TokenURL, binding.LegacyTokenURL, binding.TokenHosts, binding.ClientID, binding.Scope, binding.PlanURL = "", "", nil, "", "", ""
	id, err := a.store(context.WithoutCancel(ctx), &record.Blob{
		Binding: binding, Access: key, TokenType: "Bearer", ObtainedAt: in.state.Clock.Now().UTC(), AuthType: record.APIKey,
	})
	if err != nil {
		return accounts.Account{}, err
	}
	in.state.Changed.Ring()
	account, _ := in.accounts.Snapshot().Find(id)
	return account, nil
}

// checkKey refuses what cannot be a key, quoting nothing of it.
func checkKey(key secret.Secret) error {
	text := key.Reveal()
	why := ""
	switch {
	case text == "":
		why = "is empty"
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		why = "has spaces or other characters that no key has"
	case secret.Placeholder(text):
		why = "only stands in the place of one"
	case len(text) < 8 || len(text) > 4096:
		why = "is too short or too long to be a key"
	default:
		return nil
	}
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeUsage, Message: "the API key " + why,
		Hint: "paste the key alone, as the provider shows it",
	}
}

// otherKind says that an account is not of the kind that it is signed in as.
func otherKind(h *record.Head) error {
	e := &autherr.Error{
		Kind: autherr.Usage, Provider: h.Provider, Code: autherr.CodeUsage,
		Message: "this account is a sign-in, not an API key",
		Hint:    "sign in again with `hermes-tui login --account " + h.ID + "`, or add the key as an account of its own",
	}
	if h.IsKey() {
		e.Message = "this account is an API key"
		e.Hint = "give a new key with `hermes-tui login --account " + h.ID + " --api-key`"
	}
	return e
}
