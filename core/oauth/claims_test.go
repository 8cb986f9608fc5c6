package oauth_test

import (
	"encoding/base64"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// jwt is a token with these claims and no signature worth the name.
func jwt(claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none"}`)) + "." + enc([]byte(claims)) + ".c2ln"
}

func TestIdentity_FromTokens(t *testing.T) {
	for name, tc := range map[string]struct {
		access, id string
		want       oauth.Identity
	}{
		"opaque":                  {"FAKE-at", "", oauth.Identity{}},
		"e-mail first":            {jwt(`{"email":"a@x.example","preferred_username":"p","upn":"u","sub":"1"}`), "", oauth.Identity{Label: "a@x.example", Subject: "1"}},
		"then the user name":      {jwt(`{"preferred_username":"p","upn":"u"}`), "", oauth.Identity{Label: "p"}},
		"then upn":                {jwt(`{"upn":"u"}`), "", oauth.Identity{Label: "u"}},
		"the id token says more":  {jwt(`{"sub":"1"}`), jwt(`{"email":"a@x.example"}`), oauth.Identity{Label: "a@x.example", Subject: "1"}},
		"an organisation":         {jwt(`{"sub":"1","org_id":"o"}`), "", oauth.Identity{Subject: "1", Account: "o"}},
		"control characters":      {jwt(`{"email":"a\u001b[31m@x"}`), "", oauth.Identity{Label: "a@x"}},
		"claims of another shape": {jwt(`{"email":{"x":1},"sub":7}`), "", oauth.Identity{Subject: "7"}},
		"OpenAI's": {
			jwt(`{"https://api.openai.com/profile":{"email":"a@x.example"},"https://api.openai.com/auth":{"chatgpt_account_id":"acc"},"sub":"s"}`), "",
			oauth.Identity{Label: "a@x.example", Subject: "s", Account: "acc"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"access_token":"` + tc.access + `","id_token":"` + tc.id + `","expires_in":900}`
			p := newPortal(t, says(200, body))
			a := device(oauth.DeviceRules{}).Refresh(t.Context(), p.acme().Binding, secret.New(refreshToken))
			if a.Tokens == nil || a.Tokens.Identity != tc.want {
				t.Errorf("got %+v", a.Tokens)
			}
		})
	}
}

func TestIdentity_Same(t *testing.T) {
	for _, tc := range []struct {
		a, b        oauth.Identity
		same, known bool
	}{
		{oauth.Identity{}, oauth.Identity{}, false, false},
		{oauth.Identity{Label: "a"}, oauth.Identity{Subject: "1"}, false, false},
		{oauth.Identity{Label: "a@x"}, oauth.Identity{Label: "A@X"}, true, true},
		{oauth.Identity{Label: "a@x"}, oauth.Identity{Label: "b@x"}, false, true},
		{oauth.Identity{Subject: "1", Label: "a"}, oauth.Identity{Subject: "1", Label: "renamed"}, true, true},
		{oauth.Identity{Subject: "1"}, oauth.Identity{Subject: "2"}, false, true},
		{oauth.Identity{Subject: "1", Account: "w1"}, oauth.Identity{Subject: "1", Account: "w2"}, false, true}, // another workspace
		{oauth.Identity{Subject: "1", Account: "w1"}, oauth.Identity{Subject: "2", Account: "w1"}, false, true}, // a colleague
	} {
		if same, known := tc.a.Same(tc.b); same != tc.same || known != tc.known {
			t.Errorf("%+v and %+v: same %v, known %v", tc.a, tc.b, same, known)
		}
	}
}
