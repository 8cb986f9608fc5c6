package usage

import (
	"errors"
	"net/url"
	"time"
)

// ErrNotTold says that an answer tells nothing of the plan.
var ErrNotTold = errors.New("the provider does not tell what is left of the plan")

// Teller names how a provider tells of a plan, beside the headers of answers.
type Teller string

// The tellers.
const (
	Nowhere      Teller = ""
	MiniMaxTells Teller = "minimax"
	CodexTells   Teller = "codex"
	KimiTells    Teller = "kimi"
	NousTells    Teller = "nous" // at the server that issued the token
	XAITells     Teller = "xai"  // on a page of its own
)

// AtIssuer reports whether it is not the server of the model API that tells, but the one
// that issued the token.
func (t Teller) AtIssuer() bool { return t == NousTells }

// OnPage reports whether it tells on a page beside all of its servers, whose address was
// sealed with the sign-in.
func (t Teller) OnPage() bool { return t == XAITells }

// Endpoints returns where to ask, one after the other until one answers, of an
// account whose model API is at base; where [Teller.AtIssuer] says so that is its token
// endpoint, and where [Teller.OnPage] does the page, empty in older sign-ins.
func (t Teller) Endpoints(base string) []Endpoint {
	switch t {
	case MiniMaxTells:
		return atMiniMax(base)
	case CodexTells:
		return atCodex(base)
	case KimiTells:
		return atKimi(base)
	case NousTells:
		return atNous(base)
	case XAITells:
		return atXAI(base)
	default:
		return nil
	}
}

// Endpoint is where a provider tells of the plan.
type Endpoint struct {
	URL    string
	Header map[string]string // that the page wants beside the token; may be nil
	// Parse reads the body of a 200 answer. What it cannot read is ErrNotTold.
	Parse func(body []byte, now time.Time) (Reading, error)
}

// below returns endpoints at paths of the server that base is on.
func below(base string, parse func([]byte, time.Time) (Reading, error), paths ...string) (all []Endpoint) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil
	}
	for _, path := range paths {
		all = append(all, Endpoint{URL: u.Scheme + "://" + u.Host + path, Parse: parse})
	}
	return all
}
