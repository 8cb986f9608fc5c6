package provider

import (
	"net/url"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// WithOverride returns a table in which new sign-ins of one provider and region
// go elsewhere. The addresses are base URLs such as https://account.minimax.io
// and https://api.minimax.io/anthropic; an empty one leaves things as they are.
// Plain http is for loopback only. Where one is given, its host is the only one
// that may receive the tokens, and the only one whose approval page is trusted.
//
// t is not changed. Errors are usage errors that name the address.
func (t Table) WithOverride(provider, region, oauthBase, inferenceBase string) (Table, error) {
	p, r, err := t.Region(provider, region)
	if err != nil {
		return nil, err
	}
	if oauthBase == "" && inferenceBase == "" {
		return t, nil
	}
	moved := "" // an account of another model API is not told of elsewhere
	if oauthBase != "" {
		base, host, err := baseURL(oauthBase)
		if err != nil {
			return nil, err
		}
		for _, endpoint := range []*string{&r.Issuer, &r.DeviceURL, &r.TokenURL, &r.LegacyDevice, &r.LegacyToken, &r.RevokeURL, &r.ExchangeURL} {
			*endpoint = rebase(*endpoint, base)
		}
		r.TokenHosts, r.PageHosts, r.Host = []string{host}, []string{host}, host
		moved = rebase(r.PlanURL, base)
	}
	if inferenceBase != "" {
		base, host, err := baseURL(inferenceBase)
		if err != nil {
			return nil, err
		}
		if len(r.Also) > 0 {
			return nil, &autherr.Error{
				Kind: autherr.Usage, Code: autherr.CodeUsage,
				Message: "an inference_url moves one address, and " + p.Name + " has wires at others",
				Hint:    "change base_url and wires of its description",
			}
		}
		r.BaseURL, r.APIHosts = base, []string{host}
	}
	r.PlanURL = moved
	return t.replace(p.ID, r), nil
}

// rebase returns address, which may be empty, at another base URL.
func rebase(address, base string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return ""
	}
	if u.RawQuery != "" {
		return base + u.Path + "?" + u.RawQuery
	}
	return base + u.Path
}

// replace returns a copy of t with another region of one provider.
func (t Table) replace(provider string, r Region) Table {
	next := slices.Clone(t)
	for i := range next {
		if next[i].ID != provider {
			continue
		}
		next[i].Regions = slices.Clone(next[i].Regions)
		for j := range next[i].Regions {
			if next[i].Regions[j].ID == r.ID {
				next[i].Regions[j] = r
			}
		}
	}
	return next
}

// baseURL checks an address and returns it without a trailing slash, and its
// host.
func baseURL(address string) (base, host string, err error) {
	wrong := func(why string) error {
		return &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage,
			Message: "the address " + quoted(address) + " " + why,
			Hint:    "give a base URL such as https://account.minimax.io",
		}
	}
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil, u.Opaque != "", u.Hostname() == "":
		return "", "", wrong("is not a URL")
	case u.User != nil, u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return "", "", wrong("has more than a host and a path")
	case u.Scheme == "http" && !oauth.IsLoopback(u.String()):
		return "", "", wrong("is not encrypted, which is allowed on this machine only")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", "", wrong("is neither https nor http")
	}
	return strings.TrimRight(u.String(), "/"), oauth.HostOf(u), nil
}

func quoted(s string) string { return `"` + secret.Clean(s, 120) + `"` }

func unknown(message string, known []string) error {
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message,
		Hint: "one of " + strings.Join(known, ", "),
	}
}
