package oauth

import (
	"cmp"
	"encoding/base64"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Identity is whose grant it is, as the provider's tokens say. Every field may
// be empty: MiniMax's tokens name nobody.
type Identity struct {
	Label   string `json:"label,omitempty"`   // claim email, else preferred_username, else upn
	Subject string `json:"subject,omitempty"` // claim sub
	Account string `json:"account,omitempty"` // account, organisation or workspace at the provider
}

// Known reports whether anything is known.
func (i Identity) Known() bool { return i != Identity{} }

// Or returns i, with o in the place of what i does not name.
func (i Identity) Or(o Identity) Identity {
	return Identity{cmp.Or(i.Label, o.Label), cmp.Or(i.Subject, o.Subject), cmp.Or(i.Account, o.Account)}
}

// Words returns what a person calls the identity: the label, else the ids.
func (i Identity) Words() string {
	switch {
	case i.Label != "" && i.Account != "":
		return i.Label + " (" + i.Account + ")"
	case i.Label != "":
		return i.Label
	case i.Account != "":
		return i.Account
	default:
		return i.Subject
	}
}

// Same reports whether two identities are surely one; both false means that it
// cannot be told.
func (i Identity) Same(o Identity) (same, known bool) {
	for _, pair := range [][2]string{{i.Account, o.Account}, {i.Subject, o.Subject}} {
		if pair[0] == "" || pair[1] == "" {
			continue
		}
		if shortID(pair[0]) != shortID(pair[1]) {
			return false, true
		}
		known = true
	}
	if known {
		return true, true
	}
	if i.Label == "" || o.Label == "" {
		return false, false
	}
	return strings.EqualFold(i.Label, o.Label), true
}

// claimsOf returns the claims of a JSON Web Token (RFC 7519), nil for a token of
// another kind. The signature is not checked: what follows from a claim is a
// label, a question to the person, or the time of the next refresh.
func claimsOf(token secret.Secret) object {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil
	}
	claims, err := parseObject(payload)
	if err != nil {
		return nil
	}
	return claims
}

// Claims in which OpenAI keeps what is not in the standard ones.
const (
	openAIAuth    = "https://api.openai.com/auth"
	openAIProfile = "https://api.openai.com/profile"
)

// IdentityOf reads the identity from tokens that were obtained elsewhere, the
// first that names a thing wins. Signatures are not checked.
func IdentityOf(tokens ...secret.Secret) Identity {
	return identityOf(secret.NewScrubber(tokens...), tokens...)
}

// longestID is how long the ids are that providers give people.
const longestID = 64

// shortID returns an id, in the place of a long one its fingerprint.
func shortID(id string) string {
	if len(id) > longestID {
		return secret.Fingerprint(secret.New(id))
	}
	return id
}

// identityOf reads the identity from tokens, the first that names a thing wins.
// A label in which a secret stands is none. An id is what it is, a long one in
// the place of which its fingerprint stands: it is compared, and might be a
// token.
func identityOf(known *secret.Scrubber, tokens ...secret.Secret) (id Identity) {
	const longest = 120
	label := func(candidates ...string) {
		text := secret.Clean(firstText(candidates...), longest)
		if id.Label == "" && known.Words(text, longest) == text {
			id.Label = text
		}
	}
	fill := func(field *string, candidates ...string) {
		text := firstText(candidates...)
		switch {
		case *field != "":
		case known.Scrub(text) != text:
			*field = secret.Fingerprint(secret.New(text))
		default:
			*field = shortID(secret.Clean(text, longest))
		}
	}
	for _, token := range tokens {
		claims := claimsOf(token)
		label(claims.text("email"), claims.object(openAIProfile).text("email"), claims.text("preferred_username"), claims.text("upn"))
		fill(&id.Subject, claims.text("sub"))
		fill(&id.Account, claims.object(openAIAuth).text("chatgpt_account_id"), claims.text("account_id"), claims.text("org_id"), claims.text("tid"))
	}
	return id
}
