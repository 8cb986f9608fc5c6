package expiry

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// FromJWT reads the claim "exp" of an access token that is a JSON Web Token
// (RFC 7519): seconds since 1970, by the issuer's clock. The signature is not
// checked: nothing but the time of the next refresh follows from it.
//
// A token of another kind, or one without the claim, is an [*Error]; errors
// never quote the token.
func FromJWT(token secret.Secret, x Exchange) (time.Time, error) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return time.Time{}, &Error{Why: "is unknown: the token is not a JWT"}
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}, &Error{Why: "is unknown: the token is not a JWT"}
	}
	var claims struct {
		Exp json.RawMessage `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil || claims.Exp == nil {
		return time.Time{}, &Error{Why: "is unknown: the token does not name it"}
	}
	var exp json.Number // takes a number in a string as well
	if json.Unmarshal(claims.Exp, &exp) != nil {
		return time.Time{}, &Error{Value: shown(string(claims.Exp)), Why: "is not a number"}
	}
	if n, _ := exp.Float64(); n < firstEpochSeconds {
		return time.Time{}, &Error{Value: shown(exp.String()), Why: "is long past"}
	}
	return Parse(exp, x)
}
