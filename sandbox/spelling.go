package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// How the providers spell their tokens. What a program reads in one is true.

// grantMark is how what is kept of a sign-in begins.
func (c client) grantMark() string {
	if c.family == copilotDialect {
		return "ghu_" // a GitHub App's token of a user
	}
	return "sandbox-rt-"
}

// accessToken is an access token of a grant that ends at a time. Nous's and Codex's are
// JWTs, whose claims programs read (hermes-agent, auth_nous.py and auth_codex.py);
// Copilot's is a list of pairs.
func (c client) accessToken(grantID, scope, random string, ends time.Time) string {
	switch c.family {
	case nousDialect:
		return jwt(random, fields{"sub": grantID, "exp": ends.Unix(), "scope": scope})
	case codexDialect:
		return jwt(random, fields{
			"sub": "user-" + grantID, "exp": ends.Unix(),
			"https://api.openai.com/auth":    fields{"chatgpt_account_id": "account-" + grantID, "chatgpt_plan_type": "plus"},
			"https://api.openai.com/profile": fields{"email": grantID + "@sandbox.example"},
		})
	case copilotDialect:
		return fmt.Sprintf("tid=%s;exp=%d;sku=sandbox;st=dotcom;8kp=1:%s", strings.Repeat(grantID, 4), ends.Unix(), random)
	case openAIDialect:
		return "sandbox-at-" + random
	default:
		return "sandbox-at-" + string(c.family) + "-" + random
	}
}

// jwt is a JSON Web Token whose signature nobody checks.
func jwt(signature string, claims fields) string {
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err) // only plain values come here
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(body) + "." + signature
}
