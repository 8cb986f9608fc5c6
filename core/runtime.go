package core

import (
	"net/http"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// token is how programs reach the models with an account's tokens: what the
// sealed record says, with the headers of its provider. MiniMax serves its
// signed-in accounts Anthropic Messages below /anthropic, and nothing else
// (NousResearch/hermes-agent #24123), whatever anybody has configured.
func (c *Core) token(s vault.Sealed) Token {
	b := s.Blob
	t := Token{
		Access: b.Access, Type: b.TokenType, Expiry: b.ExpiresAt, Account: b.AccountID,
		Provider: b.Binding.Provider, Gen: b.Gen, BaseURL: b.Binding.BaseURL,
		API: b.Binding.API, Hosts: b.Binding.APIHosts, Header: c.apiHeader(b),
	}
	if t.Provider == provider.MiniMax {
		t.API, t.BaseURL = oauth.AnthropicMessages, anthropicBase(t.BaseURL)
	}
	return t
}

// anthropicBase is base with the path at which MiniMax speaks Anthropic
// Messages.
func anthropicBase(base string) string {
	base = strings.TrimSuffix(strings.TrimRight(base, "/"), "/v1")
	if strings.HasSuffix(base, "/anthropic") {
		return base
	}
	return base + "/anthropic"
}

// apiHeader is what the provider wants on a request to its models beside the
// bearer, nil when nothing.
func (c *Core) apiHeader(b *record.Blob) http.Header {
	p, _, err := c.place(b.Binding.Provider, b.Binding.Region)
	if err != nil {
		return nil
	}
	var header http.Header
	set := func(name, value string) {
		if header == nil {
			header = http.Header{}
		}
		header.Set(name, value)
	}
	for name, value := range p.APIHeaders {
		set(name, value)
	}
	if p.AccountHeader != "" && b.Identity.Account != "" {
		set(p.AccountHeader, b.Identity.Account)
	}
	return header
}

// TokenRefused reports whether an answer of a provider's model API says that the
// token of a request is not good any more, so that the request may be tried once
// more with a renewed one: a 401, or xAI's 403 for bad credentials. Only the
// beginning of the body is needed.
func (c *Core) TokenRefused(providerID string, status int, body []byte) bool {
	p, _, err := c.config.Providers.Find(providerID)
	if err != nil {
		return status == http.StatusUnauthorized
	}
	return p.TokenRefused(status, body)
}
