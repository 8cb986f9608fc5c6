// Package anthropicauth lets a client of github.com/anthropics/anthropic-sdk-go
// use an account that hermes-tui keeps.
//
// [WithAccount] is an option for anthropic.NewClient. The client then sends a
// fresh token with each attempt of each request, for as long as it lives; its
// program never sees one and never needs to be started again. Tokens that the
// program refreshes are seen by all others on the machine, and the other way round.
//
// It is a module of its own, so that hermes-tui itself does not depend on the
// SDK.
package anthropicauth

import (
	"errors"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go/option"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// WithAccount returns an option that makes a client an account's: its base URL
// and, for each attempt, its token. Credentials in the environment are not used,
// as the SDK would send them beside the account's. A 401 refreshes the refused
// token once and sends the request again. A token is never sent to a host that
// it is not bound to, whatever base URL another option sets.
//
// Where only a person can help, the error of a request is an [autherr.Error],
// which errors.As finds; the SDK does not try again then.
func WithAccount(accounts *core.Core, account core.Account) option.RequestOption {
	return option.Join(
		option.WithoutEnvironmentDefaults(),
		option.WithBaseURL(account.BaseURL),
		option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
			res, err := accounts.Transport(account.ID, sender(next)).RoundTrip(r)
			if err != nil && !passes(err) {
				return final(r), err
			}
			return res, err
		}),
	)
}

// sender is the rest of the SDK's chain as a round tripper.
type sender option.MiddlewareNext

// RoundTrip implements http.RoundTripper.
func (s sender) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// passes reports whether an error may be gone at the SDK's next attempt: it is
// the network's, or none of ours.
func passes(err error) bool {
	var ours *autherr.Error
	return !errors.As(err, &ours) || ours.Kind == autherr.Network
}

// final is the answer beside an error that tells the SDK not to try again.
func final(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: http.StatusForbidden, Header: http.Header{"X-Should-Retry": {"false"}}, Body: http.NoBody, Request: r,
	}
}
