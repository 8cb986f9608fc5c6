package serve

import (
	"net/http"
	"net/url"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// AtIssuer is the token for a request to the server that issued it: BaseURL is its token
// endpoint, and Sign lets it go to the hosts that may get the refresh token, and to no
// other. BaseURL is empty where nobody issued it, as with an API key.
func (t Token) AtIssuer() Token {
	t.BaseURL, t.Hosts, t.Header = t.issuer.TokenURL, t.issuer.TokenHosts, nil
	return t
}

// OnPage is the token for the page on which its provider tells of the plan: BaseURL is
// that page, and Sign lets it go to the host of it, and to no other. BaseURL is empty where
// none was sealed with the sign-in, and then it goes nowhere.
func (t Token) OnPage() Token {
	t.BaseURL, t.Hosts, t.Header = t.issuer.PlanURL, nil, nil
	if u, err := url.Parse(t.BaseURL); err == nil && u.Host != "" {
		t.Hosts = []string{oauth.HostOf(u)}
	}
	return t
}

// Sign is the one gate at which a bearer meets a request, for every way that
// leads to a model API. It takes the program's own credentials off the request,
// and sets the token and what the API wants beside it. A request to a host that
// the token is not bound to, or one that is not encrypted (but for loopback), is
// an error of kind Usage and stays as it was.
func (t Token) Sign(r *http.Request) error {
	if !oauth.Allowed(r.URL, t.Hosts) {
		return &autherr.Error{
			Kind: autherr.Usage, Provider: t.Provider, Code: autherr.CodeHostNotAllowed,
			Message: "this account's token does not go to " + secret.Clean(r.URL.Scheme+"://"+r.URL.Host, 100),
			Hint:    "send the request to " + t.BaseURL + ", or sign in again with `hermes-tui login --account " + t.Account + "`",
		}
	}
	for _, name := range []string{"Authorization", "X-Api-Key", "Api-Key", "Proxy-Authorization", "Cookie"} {
		delete(r.Header, name)
	}
	for name, values := range t.Header {
		name = http.CanonicalHeaderKey(name)
		if t.polite[name] != nil && r.Header[name] != nil {
			continue // which program asks is for it to say
		}
		r.Header[name] = values
	}
	r.Header["Authorization"] = []string{"Bearer " + t.Access.Reveal()}
	return nil
}
