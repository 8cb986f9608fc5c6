package usage

import (
	"errors"
	"net/url"
	"strings"
	"time"
)

// ErrNotTold says that an answer tells nothing of the plan.
var ErrNotTold = errors.New("the provider does not tell what is left of the plan")

// Endpoint is where a provider tells of the plan.
type Endpoint struct {
	URL    string
	Header map[string]string
	// Parse reads the body of a 200 answer. What it cannot read is ErrNotTold.
	Parse func(body []byte, now time.Time) (Reading, error)
}

// Endpoints returns the addresses to ask of, one after the other until one
// answers, for an account of the provider whose model API is at base. It is empty
// where the provider has none.
func Endpoints(provider, base string) []Endpoint {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil
	}
	root := u.Scheme + "://" + u.Host
	switch {
	case strings.HasPrefix(provider, "minimax"):
		return []Endpoint{
			{URL: root + "/v1/token_plan/remains", Parse: MiniMax},
			{URL: root + "/v1/api/openplatform/coding_plan/remains", Parse: MiniMax},
		}
	case strings.HasPrefix(provider, "openai-codex"):
		if before, _, ok := strings.Cut(u.Path, "/backend-api"); ok {
			return []Endpoint{{URL: root + before + "/backend-api/wham/usage", Parse: Codex}}
		}
		return []Endpoint{{URL: strings.TrimRight(base, "/") + "/api/codex/usage", Parse: Codex}}
	default:
		return nil
	}
}
