package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// issuer is a provider with single-use refresh tokens that revokes a whole
// family when one of them is used twice, and whose answers get lost.
type issuer struct {
	m       *machine
	n       int
	family  map[string]int    // of a refresh token
	access  map[string]string // the access token that came with a refresh token
	spent   map[string]bool   // refresh tokens that were used
	next    map[string]string // the refresh token that came for one
	revoked map[int]bool      // families
	refused map[string]bool   // refresh tokens that were finally refused, to a process that lived on
	told    string            // the one that was refused just now
}

func (s *issuer) RequestCode(context.Context, oauth.Target) (*oauth.DeviceCode, error) {
	return nil, errors.New("not in this test")
}

func (s *issuer) Poll(context.Context, *oauth.DeviceCode) oauth.Answer { return oauth.Answer{} }

// issue returns new tokens of a family.
func (s *issuer) issue(family int) *oauth.Tokens {
	s.n++
	access, token := fmt.Sprintf("access-token-%06d", s.n), fmt.Sprintf("refresh-token-%06d", s.n)
	s.family[token], s.access[token] = family, access
	now := s.m.clock.Now()
	return &oauth.Tokens{
		Access: secret.New(access), Refresh: secret.New(token), Type: "Bearer",
		ObtainedAt: now, ExpiresAt: now.Add(15 * time.Minute),
	}
}

// alive reports whether a refresh token would bring new ones.
func (s *issuer) alive(token string) bool { return !s.spent[token] && !s.revoked[s.family[token]] }

// Refresh implements [oauth.Flow], and checks what may be sent at all.
func (s *issuer) Refresh(_ context.Context, _ oauth.Binding, sent secret.Secret, _ ...secret.Secret) oauth.Answer {
	m, token := s.m, sent.Reveal()
	m.onlyTheCurrentTokenIsSent(sent)
	if s.refused[token] {
		m.t.Fatalf("%s was refused finally, and is sent again", token)
	}
	m.step("request")
	fate := rapid.SampledFrom([]string{"served", "served", "served", "lost", "broken", "not sent", "too many"}).Draw(m.t, "request is")
	switch fate {
	case "not sent":
		return failed(oauth.NotSent, autherr.CodeRefreshFailed)
	case "too many":
		return failed(oauth.NotSpent, "429")
	case "broken":
		return failed(oauth.Unknown, "503")
	}
	m.others()
	if !s.alive(token) {
		s.revoked[s.family[token]] = true
		if fate == "lost" {
			return failed(oauth.Unknown, autherr.CodeRefreshFailed)
		}
		s.told = token
		return failed(oauth.Terminal, "invalid_grant")
	}
	s.spent[token] = true
	next := s.issue(s.family[token])
	s.next[token] = next.Refresh.Reveal()
	m.step("answer")
	if fate == "lost" {
		return failed(oauth.Unknown, autherr.CodeRefreshFailed)
	}
	return oauth.Answer{Outcome: oauth.Granted, Tokens: next}
}

func failed(o oauth.Outcome, code string) oauth.Answer {
	kind := autherr.Network
	if o == oauth.Terminal {
		kind = autherr.SignIn
	}
	return oauth.Answer{Outcome: o, Err: &autherr.Error{Kind: kind, Code: code, Message: "the provider answered " + code}}
}

// onlyTheCurrentTokenIsSent checks that the head on the disk names the token as
// the current one and says that it is about to be sent.
func (m *machine) onlyTheCurrentTokenIsSent(sent secret.Secret) {
	ident, _, err := m.folder.Store.Read()
	if err != nil {
		m.t.Fatal(err)
	}
	hash := record.Hash(ident.StoreID, sent)
	for _, id := range m.ids {
		h := m.head(id)
		if h.Current == hash {
			if h.Intent == nil || h.Intent.Hash != hash || h.Removed() {
				m.t.Fatalf("%s is sent, but its head says %+v", sent.Reveal(), h)
			}
			return
		}
	}
	m.t.Fatalf("%s is sent, which no head names: it was never committed", sent.Reveal())
}
