package proxy

import (
	"context"
	"net/http"
	"slices"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Keys are the local keys that open the proxy. They are asked at each request, so
// that they can change. [core.Core] and [clientkey.One] have them.
type Keys interface {
	// Opens returns the key, of those that a program shows, that opens the proxy.
	// Nothing is looked at again behind the moment at; zero: now.
	Opens(ctx context.Context, shown []string, at glance.Mark) (clientkey.Key, error)
	// Still returns an error when a key that opened the proxy opens it no more.
	Still(ctx context.Context, key clientkey.Key) error
}

var _ Keys = (*core.Core)(nil)

// authenticate returns the local key that a program shows, or why none opens the
// door. It may stand in either of the two headers that clients use; Claude Code
// sends both.
func (s *Server) authenticate(ctx context.Context, h http.Header, at glance.Mark) (clientkey.Key, *answer) {
	shown := shownKeys(h)
	if len(shown) == 0 {
		return clientkey.Key{}, unauthenticated("the local key is missing; send it as a bearer token or as x-api-key (`hermes-tui serve --show-key` prints it)")
	}
	key, err := s.options.Keys.Opens(ctx, shown, at)
	if err != nil {
		return clientkey.Key{}, notOpened(err)
	}
	return key, nil
}

// notOpened turns the error of a key into an answer: 401 where it is the key's
// fault.
func notOpened(err error) *answer {
	a := explain(err)
	if keysFault(err) {
		a = unauthenticated(a.message)
	}
	return a
}

// keysFault tells a key that is wrong, revoked or expired from a keystore that
// does not let it be seen.
func keysFault(err error) bool {
	return slices.Contains([]string{autherr.CodeKeyUnknown, autherr.CodeKeyExpired, autherr.CodeKeyRevoked}, autherr.CodeOf(err))
}

func notAllowed(message string) *answer { return forbidden(message).coded("key_not_allowed") }

// mayHaveMetrics says that a key is not for /metrics, which tell of every account.
func mayHaveMetrics(key clientkey.Key) *answer {
	switch {
	case !key.May(clientkey.Proxy):
		return notAllowed("the key " + key.Name + " is not for sending requests through the proxy, and not for /metrics")
	case key.Bound() != "":
		return notAllowed("the key " + key.Name + " is for " + key.Bound() + " only, and not for /metrics")
	case key.Model != "":
		return notAllowed("the key " + key.Name + " is for the models " + key.Model + " only, and not for /metrics")
	}
	return nil
}

// confine narrows a route to what the key opens, or says that it does not open it.
func (s *Server) confine(to *route, key clientkey.Key) *answer {
	if !key.May(clientkey.Proxy) {
		return notAllowed("the key " + key.Name + " is not for sending requests through the proxy")
	}
	switch bound := key.Bound(); {
	case bound == "" || to.account == bound:
		return nil
	case to.account == "":
		to.account = bound
		return nil
	case s.within(to.account, key):
		if key.Account != "" {
			to.account = bound // also where the pool gets another account meanwhile
		}
		return nil
	case !to.named && s.opensDefault(key):
		to.account = bound
		return nil
	default:
		return notAllowed("the key " + key.Name + " is for " + bound + " only")
	}
}

// within reports whether a key opens every account that a name means.
func (s *Server) within(name string, key clientkey.Key) bool {
	found, err := s.options.Accounts.Select(name)
	return err == nil && len(found) > 0 && !slices.ContainsFunc(found, func(a core.Account) bool { return !key.Covers(a.ID, a.Pool().String()) })
}

// opensDefault reports whether all that a key opens is what the proxy was started
// for.
func (s *Server) opensDefault(key clientkey.Key) bool {
	found, err := s.options.Accounts.Select(key.Bound())
	return err == nil && len(found) > 0 && !slices.ContainsFunc(found, func(a core.Account) bool { return !s.serves(a.ID) })
}

// confineModel says that a request asks for a model that its key is not for. A
// request whose models cannot be read for sure is refused as well, and so is what
// an account keeps: a batch asks for models that a file names.
func confineModel(key clientkey.Key, to route, body []byte) *answer {
	switch {
	case key.Model != "" && to.own:
		return notAllowed("the key " + key.Name + " is for the models " + key.Model + ", and cannot use files, batches, vector stores or conversations that an account keeps")
	case len(key.Limits) > 0 && to.own:
		return notAllowed("the key " + key.Name + " has limits, and cannot use files, batches, vector stores or conversations that an account keeps")
	case key.Model == "" || to.method != http.MethodPost || to.id != "" && len(body) == 0:
		return nil // it asks no model
	}
	models, ok := allModels(body)
	switch {
	case !ok:
		return notAllowed("the key " + key.Name + " is for the models " + key.Model + ", and which one this request asks for cannot be read; send it without compression, and name one model")
	case slices.ContainsFunc(models, func(m string) bool { return !key.Serves(m) }):
		return notAllowed("the key " + key.Name + " is for the models " + key.Model + " only")
	}
	return nil
}
