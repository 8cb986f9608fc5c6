package serve

import (
	"context"
	"errors"
	"net/http"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refusal"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// Runtime is how programs reach the models of an account: everything that a
// request needs but the token.
type Runtime struct {
	Provider string
	BaseURL  string       // of the model API, no trailing slash
	API      string       // "anthropic_messages"
	Also     []oauth.Wire // further formats in which its models are asked, and where
	Header   http.Header  // of a request to the API, beside the bearer; may be nil
}

// Runtime returns how programs reach the models of an account: what its sealed
// record says, because the files that are not sealed could have been changed by
// anybody, and a program that is configured after them would send its tokens
// there. While there are no tokens it is what the provider's table says, as at
// the next sign-in. The keystore may ask; nothing is refreshed.
func (sv *Serving) Runtime(ctx context.Context, id string) (Runtime, error) {
	s, err := sv.state.Vault.Read(ctx, id)
	switch {
	case err == nil:
		return sv.runtime(s.Blob.Binding, s.Blob.Identity, s.Blob.AuthType == record.APIKey), sv.state.Providers.Check(s.Blob.Binding)
	case s.Head == nil, !errors.Is(err, autherr.NeedsSignIn) && !s.Unfinished():
		return Runtime{}, err
	}
	p, r, err := sv.state.Provider(s.Head.Provider, s.Head.Region)
	if err != nil {
		return Runtime{}, err
	}
	return sv.runtime(provider.Target(p, r).Binding, s.Head.Identity, s.Head.IsKey()), nil
}

// runtime is what a binding means for programs.
func (sv *Serving) runtime(b oauth.Binding, who oauth.Identity, isKey bool) Runtime {
	return runtimeFor(providerOf(sv.state, b), b, who, isKey)
}

// providerOf is that of a binding, one that says nothing where the table has it no more.
func providerOf(s *state.State, b oauth.Binding) provider.Provider {
	p, _, err := s.Provider(b.Provider, b.Region)
	if err != nil {
		return provider.Provider{}
	}
	return p
}

func runtimeFor(p provider.Provider, b oauth.Binding, who oauth.Identity, isKey bool) Runtime {
	wires := p.Wires(b, isKey)
	return Runtime{Provider: b.Provider, BaseURL: wires[0].BaseURL, API: wires[0].API, Also: append([]oauth.Wire(nil), wires[1:]...), Header: apiHeader(p, b, who)}
}

// token is a sealed token with what a request needs beside it.
func (sv *Serving) token(s vault.Sealed) Token {
	b := s.Blob
	isKey := b.AuthType == record.APIKey
	p := providerOf(sv.state, b.Binding)
	r := runtimeFor(p, b.Binding, b.Identity, isKey)
	if p.KeyHeader != "" && isKey {
		if r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set(p.KeyHeader, b.Access.Reveal())
	}
	polite := http.Header{}
	for name, value := range p.APIHeaders {
		polite.Set(name, value)
	}
	return Token{
		Access: b.Access, Type: b.TokenType, Expiry: b.ExpiresAt, Account: b.AccountID, Gen: b.Gen, Hosts: b.Binding.APIHosts,
		Provider: r.Provider, BaseURL: r.BaseURL, API: r.API, Header: r.Header, refresh: b.Refresh,
		Also: r.Also, polite: polite, issuer: b.Binding,
		confirm: s.Head == nil || s.Head.Confirm,
	}
}

// apiHeader is what the provider wants on a request to its models beside the
// bearer, nil when nothing.
func apiHeader(p provider.Provider, b oauth.Binding, who oauth.Identity) http.Header {
	var header http.Header
	set := func(name, value string) {
		if name == "" || value == "" {
			return
		}
		if header == nil {
			header = http.Header{}
		}
		header.Set(name, value)
	}
	for name, value := range p.APIHeaders {
		set(name, value)
	}
	set(p.AccountHeader, who.Account)
	set(p.Device.DeviceHeader, b.DeviceID)
	return header
}

// ReadRefusal returns what an answer of a provider's model API says of the
// account that it was sent for, by the provider's own table. Only the beginning
// of the body is needed.
func (sv *Serving) ReadRefusal(providerID string, a refusal.Answer) Refusal {
	p, _, err := sv.state.Providers.Find(providerID)
	if err != nil {
		p = provider.Provider{}
	}
	return refusal.Read(a, p.Refusals, sv.state.Clock.Now())
}
