package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// shortFacts are those of the card.
func (m *Model) shortFacts(a core.Account, state core.State) []fact {
	facts := []fact{
		{"last refresh", m.lastRefresh(a)},
		{"requests", say.Thousands(a.Requests)},
		{"signed in", m.signedInWhen(a)},
		{"in the pool", m.inPool(a, state)},
	}
	return append(facts, m.grant(a)...)
}

// allFacts are those of the details page.
func (m *Model) allFacts(a core.Account, state core.State) []fact {
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
	facts := []fact{
		{"provider", cells.Clean(a.ProviderName)}, {"id", cells.Clean(a.ID)},
		{"region", region}, {"requests", say.Thousands(a.Requests)},
		{"signed in", m.signedInWhen(a)}, {"last used", say.Ago(a.LastUsedAt, m.now)},
		{"last refresh", m.lastRefresh(a)}, {"in the pool", m.inPool(a, state)},
		{"scopes", orDash(cells.Clean(a.Scope), m)}, {"secrets in", stored},
		{"model API", orDash(cells.Clean(a.BaseURL), m)},
	}
	if a.Identity.Known() {
		facts = append(facts, fact{"belongs to", cells.Clean(a.Identity.Words())})
	}
	return append(facts, m.grant(a)...)
}

func orDash(s string, m *Model) string {
	if s == "" {
		return m.glyphs.Dash
	}
	return s
}

// grant says when the sign-in itself ends, where the provider ends it.
func (m *Model) grant(a core.Account) []fact {
	if a.GrantExpiresAt.IsZero() {
		return nil
	}
	if d := say.Until(a.GrantExpiresAt, m.now); d > 0 {
		return []fact{{"sign-in ends", "in " + say.Span(d)}}
	}
	return []fact{{"sign-in ends", say.Ago(a.GrantExpiresAt, m.now)}}
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
	case m.glyphs.Dash:
		if state == core.NeedsSignIn || state == core.SignedOut || state == core.SigningIn {
			return "skipped until sign-in"
		}
		return "skipped for now"
	default:
		return "number " + say.Thousands(uint64(a.Priority+1))
	}
}
