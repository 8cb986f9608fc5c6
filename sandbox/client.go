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
	grantCode       = "authorization_code" // Codex
)

// client is a program that is registered at the portal.
type client struct {
	id           string
	name         string // as its provider's consent page shows it
	home         string // below which its provider's endpoints are
	scopes       []string
	grantType    string  // with which it polls
	responseType bool    // it must send response_type=code
	standard     bool    // it signs in by RFC 8628, with no PKCE
	family       dialect // what the API answers it like
	namesDevice  bool    // it names the device that asks, with every request
	device       string  // that asks, of one that names it
}

// clientByID knows the public client identities of the providers' servers, and one of
// nobody's. MiniMax's first is shared by hermes-agent (hermes_cli/auth_minimax.py) and
// OpenClaw, its second belongs to its command line program mmx (npm mmx-cli). The others
// are those of hermes-agent (auth_xai.py, auth_nous.py, auth_codex.py, copilot_auth.py)
// and of kimi-cli (auth/oauth.py).
func clientByID(id string) (client, bool) {
	all := []client{
		{
			id: "78257093-7e40-4613-99e0-527b14b39113", name: "OpenClaw", home: "/oauth2/", grantType: grantUserCode, responseType: true,
			scopes: []string{"group_id", "profile", "model.completion"},
		},
		{
			id: "659cf4c1-615c-45f6-a5f6-4bf15eb476e5", name: "MiniMax CLI", home: "/oauth2/", grantType: grantDeviceCode,
			scopes: []string{"openid", "profile", "coding_plan"},
		},
		{
			id: "b1a00492-073a-47ea-816f-4c329264a828", name: "Grok", home: "/oauth2/", standard: true, family: xaiDialect, grantType: grantDeviceCode,
			scopes: []string{"openid", "profile", "email", "offline_access", "grok-cli:access", "api:access"},
		},
		{
			id: "hermes-cli", name: "Hermes Agent", home: "/api/oauth/", standard: true, family: nousDialect, grantType: grantDeviceCode,
			scopes: []string{"inference:invoke"},
		},
		{
			id: "app_EMoamEEZ73f0CkXaXp7hrann", name: "Codex CLI", home: "/oauth/", standard: true, family: codexDialect, grantType: grantCode,
			scopes: []string{"openid", "profile", "email", "offline_access"},
		},
		{
			id: "Iv1.b507a08c87ecfe98", name: "GitHub Copilot Plugin", home: "/login/", standard: true, family: copilotDialect, grantType: grantDeviceCode,
			scopes: []string{"read:user"},
		},
		{
			id: "17e5f671-d194-4dfb-9706-5516cb48c098", name: "Kimi Code CLI", home: "/api/oauth/", standard: true, family: kimiDialect, grantType: grantDeviceCode,
			namesDevice: true,
		},
		// Of a provider that a person has described in a configuration.
		{id: "sandbox", name: "Sandbox", home: "/oauth2/", standard: true, grantType: grantDeviceCode, scopes: []string{"openid", "offline_access", "models"}},
	}
	i := slices.IndexFunc(all, func(c client) bool { return c.id == id })
	if i < 0 {
		return client{}, false
	}
	return all[i], true
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

// same reports whether it is the same program on the same device.
func (c client) same(other client) bool { return c.id == other.id && c.device == other.device }
