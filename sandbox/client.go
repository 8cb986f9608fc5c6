package sandbox

import (
	"slices"
	"strings"
)

// Grant types, as MiniMax's token endpoint knows them.
const (
	grantUserCode   = "urn:ietf:params:oauth:grant-type:user_code"   // hermes-agent, OpenClaw
	grantDeviceCode = "urn:ietf:params:oauth:grant-type:device_code" // mmx; with a user_code all the same
	grantRefresh    = "refresh_token"
)

// client is a program that is registered at the portal.
type client struct {
	id           string
	name         string // as MiniMax's consent page shows it
	scopes       []string
	grantType    string  // with which it polls
	responseType bool    // it must send response_type=code
	standard     bool    // it signs in by RFC 8628, with no PKCE
	family       dialect // what the API answers it like
}

// clientByID knows the public client identities of MiniMax's server, xAI's, and one of
// nobody's. The first is shared by hermes-agent (hermes_cli/auth_minimax.py) and OpenClaw,
// the second belongs to MiniMax's command line program mmx (npm mmx-cli).
func clientByID(id string) (client, bool) {
	switch id {
	case "78257093-7e40-4613-99e0-527b14b39113":
		return client{
			id: id, name: "OpenClaw",
			scopes:    []string{"group_id", "profile", "model.completion"},
			grantType: grantUserCode, responseType: true,
		}, true
	case "659cf4c1-615c-45f6-a5f6-4bf15eb476e5":
		return client{
			id: id, name: "MiniMax CLI",
			scopes:    []string{"openid", "profile", "coding_plan"},
			grantType: grantDeviceCode,
		}, true
	case "b1a00492-073a-47ea-816f-4c329264a828": // hermes-agent's, hermes_cli/auth_xai.py
		return client{
			id: id, name: "Grok", standard: true, family: xaiDialect, grantType: grantDeviceCode,
			scopes: []string{"openid", "profile", "email", "offline_access", "grok-cli:access", "api:access"},
		}, true
	case "sandbox": // of a provider that a person has described in a configuration
		return client{id: id, name: "Sandbox", standard: true, grantType: grantDeviceCode, scopes: []string{"openid", "offline_access", "models"}}, true
	}
	return client{}, false
}

// allows reports whether every scope of a space-separated list is the client's.
func (c client) allows(scope string) bool {
	for _, one := range strings.Fields(scope) {
		if !slices.Contains(c.scopes, one) {
			return false
		}
	}
	return true
}
