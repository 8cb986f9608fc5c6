// Package provider is the table of providers: who they are, where they are, and
// by which rules their tokens live. It is data; the protocols are in core/oauth.
//
// A provider is found by its id (hermes-agent's, such as "minimax-oauth"), by an
// alias, or by either with a region behind a slash: "minimax/cn". Accounts of
// one provider in one region form a pool. Regions do not mix: they are different
// companies under different law.
//
// [Table.WithOverride] sends new sign-ins to another server, such as the
// sandbox. It never concerns an account that exists: that one is bound to the
// hosts of its [oauth.Binding].
package provider

import (
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Protocol names how a provider signs in and refreshes.
type Protocol string

// The protocols.
const (
	MiniMaxUserCode Protocol = "minimax_user_code"
	DeviceCode      Protocol = "device_code" // RFC 8628
	NousDeviceCode  Protocol = "nous"        // RFC 8628, with what is in core/oauth/nous.go
	XAIDeviceCode   Protocol = "xai"         // RFC 8628, with what is in core/oauth/xai.go
	CodexDeviceCode Protocol = "codex"       // core/oauth/codex.go
	NoSignIn        Protocol = ""            // accounts are imported and shown, not more
)

// Provider is who issues tokens.
type Provider struct {
	ID       string
	Name     string   // "MiniMax"
	Aliases  []string // other names, in lower case
	Label    string   // what default labels begin with
	Protocol Protocol
	ClientID string
	Scope    string
	API      string        // what its models speak, such as "anthropic_messages"
	Formats  []Format      // further ones that they speak
	Skew     time.Duration // how long before its expiry a token is refreshed
	// ShortSkew is the skew of tokens that live no longer than ShortLife; zero:
	// there is no such rule.
	ShortSkew time.Duration
	ShortLife time.Duration
	// Grace is for how long the provider takes a refresh token again that was used
	// already, so that a lost answer may be asked for once more at once. Zero: not
	// known to; a repeat may end the sign-in, and waits until the token is due.
	Grace     time.Duration
	GrantLife time.Duration // how long after the sign-in it ends, whatever is refreshed; zero: for good
	Poll      time.Duration // between polls where the server names nothing; also the least
	// TerminalCodes are the error codes of a 4xx answer to a refresh that mean
	// that the grant is dead.
	TerminalCodes []string
	// Refusals is what the model API's own codes and sentences mean for the
	// account, beside what its statuses do.
	Refusals []pool.Rule
	// Plan is how it tells what is left of an account's plan, at an address that
	// the account's token may be sent to.
	Plan         usage.Teller
	PaidKeys     string           // how the keys begin that have a balance and no plan; empty: none does
	Described    *usage.Described // the same of a provider that a person described; nil: it does not tell
	Note         string           // what a person should know before signing in
	Late         string           // what to try when a code ended before it was approved; may be empty
	Discontinued string           // why nobody can sign in any more, a sentence; empty when people can
	NoKeys       bool             // its API takes no API keys
	KeysOnly     bool             // nobody signs in: it takes API keys and nothing else
	Configured   bool             // a person described it
	KeyHeader    string           // header in which its API wants a key beside the bearer; usually none
	RevokesJSON  bool             // its revocation endpoint takes an object in place of a form
	OneSignIn    bool             // it ends the older sign-in of an owner who signs in again
	// APIHeaders are sent with every request to the model API in which the program
	// has not set them itself; AccountHeader is the name of the one that carries the
	// account that the token names.
	APIHeaders    map[string]string
	AccountHeader string
	// Device has the further rules of protocols that are RFC 8628 at heart.
	Device oauth.DeviceRules
	// Exchange says how the sign-in's token is exchanged for one that the API takes,
	// at [Region.ExchangeURL]; nil where the API takes the sign-in's own.
	Exchange *oauth.Exchange
	Regions  []Region // the first is the default
}

// Region is one place of a provider.
type Region struct {
	ID           string       // "global", "cn"
	Name         string       // "Global", "China"
	ProviderName string       // provider and region in a sentence: "MiniMax China"
	Short        string       // the same for narrow windows: "MiniMax CN"
	Issuer       string       // names the endpoints that are empty here
	DeviceURL    string       // device authorization endpoint
	LegacyDevice string       // where that used to be; empty when nowhere
	TokenURL     string       // token endpoint
	LegacyToken  string       // where that used to be
	ExchangeURL  string       // where the sign-in's token is exchanged; see [Provider.Exchange]
	PlanURL      string       // where it tells of the plan, on a host of its own; see [oauth.Binding]
	RevokeURL    string       // revocation endpoint (RFC 7009); empty: the issuer may name one
	TokenHosts   []string     // that may receive codes and refresh tokens; "*.x.ai" is every host below x.ai
	BaseURL      string       // of the model API
	Also         []oauth.Wire // further formats of a provider that a person described, and where
	APIHosts     []string     // that may receive access tokens
	PageHosts    []string     // whose approval page may be opened, subdomains included
	Host         string       // where the person approves, as it is shown beforehand
}

// Table is all providers.
type Table []Provider

// Choice is one place to sign in.
type Choice struct {
	Provider Provider
	Region   Region
}

// Choices returns every place to sign in, in the order in which they are
// offered.
func (t Table) Choices() []Choice {
	var all []Choice
	for _, p := range t {
		if p.Discontinued != "" || p.KeysOnly {
			continue
		}
		for _, r := range p.Regions {
			all = append(all, Choice{p, r})
		}
	}
	return all
}

// Find returns the provider and region that name stands for: an id or an alias,
// perhaps with a region behind a slash; without one it is the provider's first.
// Case does not matter. Other names are a usage error that lists what there is.
func (t Table) Find(name string) (Provider, Region, error) {
	who, where, hasRegion := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "/")
	for _, p := range t {
		if who != p.ID && !slices.Contains(p.Aliases, who) {
			continue
		}
		if !hasRegion {
			return p, p.Regions[0], nil
		}
		for _, r := range p.Regions {
			if r.ID == where {
				return p, r, nil
			}
		}
		return Provider{}, Region{}, unknown(p.Name+" has no region "+quoted(where), p.regions())
	}
	return Provider{}, Region{}, unknown("there is no provider "+quoted(name), t.names())
}

// Within returns a table with those regions alone whose pools keep says are to stay,
// and with the providers that have one left.
func (t Table) Within(keep func(pool string) bool) (left Table) {
	for _, p := range t {
		p.Regions = slices.DeleteFunc(slices.Clone(p.Regions), func(r Region) bool { return !keep(Choice{p, r}.PoolID()) })
		if len(p.Regions) > 0 {
			left = append(left, p)
		}
	}
	return left
}

// Region returns the region of a provider, both by id.
func (t Table) Region(provider, region string) (Provider, Region, error) {
	return t.Find(provider + "/" + region)
}

// PoolID names the pool of this region's accounts: "minimax-oauth/cn".
func (c Choice) PoolID() string { return c.Provider.ID + "/" + c.Region.ID }

// DefaultLabel is what a new account is called: "minimax", "minimax-2", … and
// the first of them that is not taken.
func (p Provider) DefaultLabel(taken func(string) bool) string {
	return Numbered(p.Label, taken)
}

// SkewOf returns how long before its expiry a token of this life is refreshed.
func (p Provider) SkewOf(life time.Duration) time.Duration {
	if p.ShortSkew > 0 && life <= p.ShortLife {
		return p.ShortSkew
	}
	return p.Skew
}

// Flow returns how the provider signs in and refreshes.
func (p Provider) Flow(client *oauth.Client) (oauth.Flow, error) {
	rules := p.Device
	rules.Name, rules.Terminal = p.Name, p.TerminalCodes
	switch p.Protocol {
	case MiniMaxUserCode:
		return oauth.NewMiniMax(client, p.TerminalCodes), nil
	case DeviceCode:
		if p.Exchange != nil {
			return oauth.NewExchanged(client, rules, *p.Exchange), nil
		}
		return oauth.NewDevice(client, rules), nil
	case NousDeviceCode:
		return oauth.NewNous(client, rules), nil
	case XAIDeviceCode:
		return oauth.NewXAI(client, rules), nil
	case CodexDeviceCode:
		return oauth.NewCodex(client, rules), nil
	case NoSignIn:
		if p.KeysOnly {
			return nil, &autherr.Error{
				Kind: autherr.Usage, Provider: p.ID, Code: autherr.CodeUsage,
				Message: p.Name + " takes API keys, and has no sign-in here",
				Hint:    "add one with `hermes-tui login " + p.ID + " --api-key`",
			}
		}
		return nil, &autherr.Error{
			Kind: autherr.Failed, Provider: p.ID, Code: autherr.CodeDiscontinued,
			Message: p.Discontinued, Hint: "what is imported is shown, and used until it ends",
		}
	default:
		return nil, &autherr.Error{
			Kind: autherr.Usage, Provider: p.ID, Code: autherr.CodeUsage,
			Message: p.Name + " cannot be signed in to here",
		}
	}
}

func (p Provider) regions() []string {
	var ids []string
	for _, r := range p.Regions {
		ids = append(ids, p.shortest()+"/"+r.ID)
	}
	return ids
}

func (p Provider) shortest() string {
	name := p.ID
	for _, a := range p.Aliases {
		if len(a) < len(name) {
			name = a
		}
	}
	return name
}

func (t Table) names() []string {
	var all []string
	for _, p := range t {
		if p.KeysOnly {
			continue
		}
		if len(p.Regions) == 1 {
			all = append(all, p.shortest())
			continue
		}
		all = append(all, p.regions()...)
	}
	return all
}
