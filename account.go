package hermestui

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

// Account is one sign-in at one provider and region, without its secrets.
type Account struct {
	ID           string    // never changes
	Label        string    // what the person calls it
	Provider     string    // id: "minimax-oauth"
	ProviderName string    // "MiniMax China"
	Region       string    // "global", "cn"
	Pool         string    // id of the pool: "minimax-oauth/cn"
	Owner        string    // another program that refreshes it; empty: it is kept here
	State        string    // a word of docs/config.md: "ok", "expired", "needs_sign_in", …
	Serves       bool      // a program could get a token of it now
	ExpiresAt    time.Time // of its access token; zero when no end is known
}

func newAccount(a core.Account, now time.Time) Account {
	account := Account{
		ID: a.ID, Label: a.Label, Provider: a.Provider, ProviderName: a.ProviderName, Region: a.Region, Pool: a.Pool().String(),
		State: string(a.State(now)), Serves: a.CanServe(now), ExpiresAt: a.ExpiresAt,
	}
	if a.Shared() {
		account.Owner = a.Owner
	}
	return account
}

// Token is an access token and where it may go.
type Token struct {
	AccessToken string    `json:"-"` // secret; never log it
	Type        string    // "Bearer"
	Expiry      time.Time // zero when no end is known
	Account     string    // id of the account that it is of
	BaseURL     string    // of the model API, without a slash at its end
	API         string    // what is spoken there: "anthropic_messages", "chat_completions", …
}

// String hides the token.
func (t Token) String() string { return "token of " + t.Account }

// GoString hides the token.
func (t Token) GoString() string { return t.String() }

func newToken(t core.Token) Token {
	return Token{AccessToken: t.Access.Reveal(), Type: t.Type, Expiry: t.Expiry, Account: t.Account, BaseURL: t.BaseURL, API: t.API}
}
