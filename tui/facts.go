package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

func fact(name, value string) widget.Fact { return widget.Fact{Name: name, Value: value} }

// shortFacts are those of the card.
func (k *known) shortFacts(a core.Account, state core.State) []widget.Fact {
	facts := []widget.Fact{
		fact("last refresh", k.lastRefresh(a)),
		fact("requests", say.Thousands(a.Requests)),
		fact("signed in", k.signedInWhen(a)),
		fact("in the pool", k.inPool(a, state)),
	}
	return append(append(facts, planFacts(k, a)...), k.grant(a)...)
}

// allFacts are those of the details page.
func (k *known) allFacts(a core.Account, state core.State) []widget.Fact {
	region := cells.Clean(a.Region)
	for _, c := range k.providers() {
		if c.Provider == a.Provider && c.Region == a.Region {
			region = strings.ToLower(cells.Clean(c.RegionName))
		}
	}
	stored := k.store(60)
	if state == core.NeedsSignIn {
		stored = "nowhere; deleted"
	}
	facts := []widget.Fact{
		fact("provider", cells.Clean(a.ProviderName)), fact("id", cells.Clean(a.ID)),
		fact("region", region), fact("requests", say.Thousands(a.Requests)),
		fact("signed in", k.signedInWhen(a)), fact("last used", say.Ago(a.LastUsedAt, k.now)),
		fact("last refresh", k.lastRefresh(a)), fact("in the pool", k.inPool(a, state)),
		fact("scopes", orDash(cells.Clean(a.Scope), k.Common)), fact("secrets in", stored),
		fact("model API", orDash(cells.Clean(a.BaseURL), k.Common)),
	}
	if k.snap.IsDefault(a) {
		facts = append(facts, fact("default", "serves where nobody is named"))
	}
	if a.Identity.Known() {
		facts = append(facts, fact("belongs to", cells.Clean(a.Identity.Words())))
	}
	if a.Confirm {
		facts = append(facts, fact("programs", "each is confirmed"))
	}
	return append(facts, k.grant(a)...)
}

func orDash(s string, c *widget.Common) string {
	if s == "" {
		return c.Glyphs.Dash
	}
	return s
}

// grant says when the sign-in itself ends, where the provider ends it.
func (k *known) grant(a core.Account) []widget.Fact {
	if a.GrantExpiresAt.IsZero() {
		return nil
	}
	if d := say.Until(a.GrantExpiresAt, k.now); d > 0 {
		return []widget.Fact{fact("sign-in ends", "in "+say.Span(d))}
	}
	return []widget.Fact{fact("sign-in ends", say.Ago(a.GrantExpiresAt, k.now))}
}

func (k *known) lastRefresh(a core.Account) string {
	if a.LastRefreshAt.IsZero() {
		return "never"
	}
	when := say.TimeOfDay(a.LastRefreshAt, k.now, k.location, true) + ", " + say.Ago(a.LastRefreshAt, k.now)
	if by := k.fleet.Accounts[a.ID].By; by != "" {
		when += ", on " + cells.Clean(by)
	}
	return when
}

func (k *known) signedInWhen(a core.Account) string {
	how := strings.ReplaceAll(cells.Clean(a.Source), "_", " ")
	switch {
	case a.SignedInAt.IsZero():
		return orDash(how, k.Common)
	case how == "":
		return say.Day(a.SignedInAt, k.now, k.location)
	default:
		return say.Day(a.SignedInAt, k.now, k.location) + ", " + how
	}
}

// inPool says when the account serves.
func (k *known) inPool(a core.Account, state core.State) string {
	switch k.place(a) {
	case "next":
		return "next (" + k.strategy(a).Words() + ")"
	case "any":
		return "taken at random"
	case k.Glyphs.Dash:
		if state == core.Paused {
			return "paused"
		}
		if state == core.NeedsSignIn || state == core.SignedOut || state == core.SigningIn {
			return "skipped until sign-in"
		}
		return "skipped for now"
	default:
		return "number " + say.Thousands(uint64(a.Priority+1))
	}
}
