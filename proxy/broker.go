package proxy

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// brokerPath is where a program that keeps no refresh token asks for an access
// token, as hermes-agent's pool entries of source oauth_broker do (its issue
// #23944 and pull request #23945).
const brokerPath = "/broker/credentials"

// maxCredentials bounds what a program asks there.
const maxCredentials = 16 << 10

// broker hands out access tokens of the provider. It is there only where somebody
// asked for it, and for keys that have the right to tokens.
type broker struct {
	mu     sync.Mutex
	handed map[handing]uint64 // generation of the token that was handed out last
}

// handing is whose tokens a key was given.
type handing struct{ key, account string }

// mostHandings bounds what is remembered.
const mostHandings = 4096

// credentialsAsked is the body of a request. Whose it is in the program's own eyes,
// subject, is of no use here.
type credentialsAsked struct {
	Provider string `json:"provider"`      // id or alias
	ID       string `json:"credential_id"` // account, by its id or label; else the provider's pool
	Force    bool   `json:"force"`         // the API has refused the token that was handed out last
}

// credentials is the answer. Times are RFC 3339, and milliseconds since 1970.
type credentials struct {
	AccessToken  string            `json:"access_token"`
	TokenType    string            `json:"token_type"`
	Provider     string            `json:"provider"`
	ID           string            `json:"credential_id"`
	BaseURL      string            `json:"base_url"`
	Inference    string            `json:"inference_base_url"`
	APIMode      string            `json:"api_mode"`
	Headers      map[string]string `json:"headers,omitempty"`
	ExpiresAt    *time.Time        `json:"expires_at,omitempty"` // none: no end is known
	ExpiresAtMS  int64             `json:"expires_at_ms,omitempty"`
	RefreshAfter *time.Time        `json:"refresh_after,omitempty"`
}

// beforeItEnds is how long before a token's end a program is told to ask again.
const beforeItEnds = time.Minute

// credentials answers a program that asks for a token.
func (s *Server) credentials(w http.ResponseWriter, r *http.Request) {
	key, why := s.authenticate(r.Context(), r.Header, glance.Mark{})
	if why == nil {
		why = mayHaveTokens(key)
	}
	var asked credentialsAsked
	if why == nil {
		asked, why = readAsked(w, r)
	}
	var given core.Token
	if why == nil {
		given, why = s.give(s.visited(r.Context()), key, asked)
	}
	if why != nil {
		s.turnAway(w, r, key.Name, why)
		return
	}
	s.options.Accounts.Served(tally.Use{Account: given.Account, Program: key.Name}, tally.Counts{Handed: 1})
	s.options.Log.Info("token handed out", "key", key.Name, "account", given.Account, "generation", given.Gen, "forced", asked.Force)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(credentialsOf(given))
}

// mayHaveTokens says that a key is not for tokens. One that is bound to models is
// not either, because a token opens them all.
func mayHaveTokens(key clientkey.Key) *answer {
	switch {
	case !key.May(clientkey.Tokens):
		return notAllowed("the key " + key.Name + " is not for tokens; `hermes-tui key add NAME --allow tokens` makes one that is")
	case key.Model != "":
		return notAllowed("the key " + key.Name + " is for the models " + key.Model + " only, and a token opens every model")
	}
	return nil
}

func readAsked(w http.ResponseWriter, r *http.Request) (asked credentialsAsked, why *answer) {
	if r.Method != http.MethodPost {
		return asked, &answer{
			status: http.StatusMethodNotAllowed, kind: "invalid_request_error", message: brokerPath + " is asked with POST",
			header: http.Header{"Allow": {http.MethodPost}},
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCredentials))
	if err == nil {
		err = json.Unmarshal(body, &asked)
	}
	if err != nil {
		return asked, badRequest("what is asked for has to be a JSON object with provider and credential_id")
	}
	if asked.Provider == "" && asked.ID == "" {
		return asked, badRequest("name a provider, or an account as credential_id")
	}
	return asked, nil
}

// give chooses the account and returns a token of it.
func (s *Server) give(ctx context.Context, key clientkey.Key, asked credentialsAsked) (core.Token, *answer) {
	who, not, why := s.meant(key, asked)
	if why != nil {
		return core.Token{}, why
	}
	lease, given, err := core.Ready(ctx, s.options.Accounts, who, core.PickOptions{Not: not}, core.TokenOptions{})
	if err != nil {
		return given, explain(err)
	}
	defer lease.Done()
	mine := handing{key.ID, given.Account}
	if last, known := s.broker.last(mine); asked.Force && (!known || last == given.Gen) {
		if given, err = s.options.Accounts.Token(ctx, given.Account, core.TokenOptions{Refused: given.Gen}); err != nil {
			return given, explain(err)
		}
	}
	s.broker.note(mine, given.Gen)
	return given, nil
}

// meant is whose accounts are meant, as Pick takes a name: an account that is
// named, else the provider's pool; within what the key opens and the proxy serves,
// and without not, its API keys.
func (s *Server) meant(key clientkey.Key, asked credentialsAsked) (who string, not []string, why *answer) {
	asked.Provider = s.options.Accounts.PoolCalled(asked.Provider)
	if found, err := s.options.Accounts.Select(asked.ID); asked.ID != "" && err == nil && len(found) == 1 {
		one := found[0]
		switch {
		case asked.Provider != "" && !s.oneOf(one.ID, asked.Provider):
			return "", nil, notFound("this account is of another provider")
		case !s.givesTo(key, one):
			return "", nil, notAllowed("the key " + key.Name + " does not open this account")
		case one.IsKey():
			return "", nil, keysStay(key)
		}
		return one.ID, nil, nil
	}
	if asked.Provider == "" {
		return "", nil, notFound("there is no such account here")
	}
	found, err := s.options.Accounts.Select(asked.Provider)
	if err != nil {
		return "", nil, explain(err)
	}
	var given []core.Account
	for _, a := range found {
		switch {
		case !s.givesTo(key, a):
		case a.IsKey():
			not = append(not, a.ID)
		default:
			given = append(given, a)
		}
	}
	switch {
	case len(given) == 1:
		return given[0].ID, nil, nil
	case len(given) > 1:
		return cmp.Or(key.Pool, given[0].Pool().String()), not, nil
	case not != nil:
		return "", nil, keysStay(key)
	}
	return "", nil, notAllowed("the key " + key.Name + " opens no account of this provider")
}

// keysStay says that an API key is not handed out: it has no end, so that whoever
// was given it once would have it for good.
func keysStay(key clientkey.Key) *answer {
	return notAllowed("what the key " + key.Name + " opens here is an API key, which is good for ever and is not handed out; send requests through the proxy instead")
}

// givesTo reports whether a key opens an account that this proxy serves.
func (s *Server) givesTo(key clientkey.Key, a core.Account) bool {
	return key.Covers(a.ID, a.Pool().String()) && (!s.options.Confined || s.serves(a.ID))
}

// oneOf reports whether an account is one of those that a name means.
func (s *Server) oneOf(id, name string) bool {
	found, err := s.options.Accounts.Select(name)
	return err == nil && slices.ContainsFunc(found, func(a core.Account) bool { return a.ID == id })
}

func (b *broker) last(h handing) (gen uint64, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	gen, known = b.handed[h]
	return gen, known
}

func (b *broker) note(h handing, gen uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.handed == nil || len(b.handed) >= mostHandings { // at worst a token is refreshed once more
		b.handed = map[handing]uint64{}
	}
	b.handed[h] = gen
}

func credentialsOf(t core.Token) credentials {
	c := credentials{
		AccessToken: t.Access.Reveal(), TokenType: cmp.Or(t.Type, "Bearer"), Provider: t.Provider, ID: t.Account,
		BaseURL: t.BaseURL, Inference: t.BaseURL, APIMode: t.API,
	}
	for name := range t.Header {
		if c.Headers == nil {
			c.Headers = map[string]string{}
		}
		c.Headers[name] = t.Header.Get(name)
	}
	if !t.Expiry.IsZero() {
		end, again := t.Expiry.UTC(), t.Expiry.Add(-beforeItEnds).UTC()
		c.ExpiresAt, c.ExpiresAtMS, c.RefreshAfter = &end, end.UnixMilli(), &again
	}
	return c
}
