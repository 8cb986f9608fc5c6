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
func (m *Model) shortFacts(a core.Account, state core.State) []widget.Fact {
	facts := []widget.Fact{
		fact("last refresh", m.lastRefresh(a)),
		fact("requests", say.Thousands(a.Requests)),
		fact("signed in", m.signedInWhen(a)),
		fact("in the pool", m.inPool(a, state)),
	}
	return append(facts, m.grant(a)...)
}

// allFacts are those of the details page.
func (m *Model) allFacts(a core.Account, state core.State) []widget.Fact {
	region := cells.Clean(a.Region)
	for _, c := range m.o.Backend.Providers() {
		if c.Provider == a.Provider && c.Region == a.Region {
			region = strings.ToLower(cells.Clean(c.RegionName))
		}
	}
	stored := m.store(60)
	if state == core.NeedsSignIn {
		stored = "nowhere; deleted"
	}
	facts := []widget.Fact{
		fact("provider", cells.Clean(a.ProviderName)), fact("id", cells.Clean(a.ID)),
		fact("region", region), fact("requests", say.Thousands(a.Requests)),
		fact("signed in", m.signedInWhen(a)), fact("last used", say.Ago(a.LastUsedAt, m.now)),
		fact("last refresh", m.lastRefresh(a)), fact("in the pool", m.inPool(a, state)),
		fact("scopes", orDash(cells.Clean(a.Scope), m)), fact("secrets in", stored),
		fact("model API", orDash(cells.Clean(a.BaseURL), m)),
	}
	if a.Identity.Known() {
		facts = append(facts, fact("belongs to", cells.Clean(a.Identity.Words())))
	}
	return append(facts, m.grant(a)...)
}

func orDash(s string, m *Model) string {
	if s == "" {
		return m.Glyphs.Dash
	}
	return s
}

// grant says when the sign-in itself ends, where the provider ends it.
func (m *Model) grant(a core.Account) []widget.Fact {
	if a.GrantExpiresAt.IsZero() {
		return nil
	}
	if d := say.Until(a.GrantExpiresAt, m.now); d > 0 {
		return []widget.Fact{fact("sign-in ends", "in "+say.Span(d))}
	}
	return []widget.Fact{fact("sign-in ends", say.Ago(a.GrantExpiresAt, m.now))}
}

func (m *Model) lastRefresh(a core.Account) string {
	if a.LastRefreshAt.IsZero() {
		return "never"
	}
	return say.TimeOfDay(a.LastRefreshAt, m.now, m.o.Location, true) + ", " + say.Ago(a.LastRefreshAt, m.now)
}

func (m *Model) signedInWhen(a core.Account) string {
	how := strings.ReplaceAll(cells.Clean(a.Source), "_", " ")
	switch {
	case a.SignedInAt.IsZero():
		return orDash(how, m)
	case how == "":
		return say.Day(a.SignedInAt, m.now, m.o.Location)
	default:
		return say.Day(a.SignedInAt, m.now, m.o.Location) + ", " + how
	}
}

// inPool says when the account serves.
func (m *Model) inPool(a core.Account, state core.State) string {
	switch m.place(a) {
	case "next":
		return "next (" + strategyWords(m.strategy(a)) + ")"
	case "any":
		return "taken at random"
	case m.Glyphs.Dash:
		if state == core.NeedsSignIn || state == core.SignedOut || state == core.SigningIn {
			return "skipped until sign-in"
		}
		return "skipped for now"
	default:
		return "number " + say.Thousands(uint64(a.Priority+1))
	}
}
