// Package oauth speaks the providers' wire protocols: requesting a device code,
// polling for its approval, and refreshing.
//
// It keeps nothing and retries nothing by itself: it sends one request (plus
// the redirects and the one fallback that the protocol asks for) and says
// exactly what became of it. Whether a single-use refresh token may have been
// spent is the whole difference between two [Outcome] values; what to do about
// it is decided by core/refresh and by the sign-in in core.
//
// A provider that speaks RFC 8628 is data (see core/provider). What a provider
// does differently stands in one file here, such as minimax.go.
package oauth

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Binding says where an account's tokens may go. It is fixed at sign-in, sealed
// into the record together with the tokens, and never changed afterwards: no
// file, environment or server can send an existing account's tokens elsewhere.
type Binding struct {
	Provider       string   `json:"provider"` // provider id, such as "minimax-oauth"
	Region         string   `json:"region"`   // "global", "cn"
	ClientID       string   `json:"client_id"`
	Scope          string   `json:"scope,omitempty"`
	TokenURL       string   `json:"token_url"`
	LegacyTokenURL string   `json:"legacy_token_url,omitempty"` // tried when TokenURL provably was not reached, or is 404
	TokenHosts     []string `json:"token_hosts"`                // host[:port] that may receive the refresh token
	APIHosts       []string `json:"api_hosts"`                  // host[:port] that may receive the access token
	BaseURL        string   `json:"base_url"`                   // of the model API, no trailing slash
	API            string   `json:"api"`                        // "anthropic_messages", …
	Also           []Wire   `json:"also,omitempty"`             // further formats in which the models are asked, and where
	// ExchangeURL is where the sign-in's token is exchanged for one that the API
	// takes; empty where it takes the sign-in's own. See [Exchange].
	ExchangeURL string `json:"exchange_url,omitempty"`
	// PlanURL is a page beside the model API on which the provider tells what is left of
	// the plan: the access token may be shown there, and for nothing else on that host.
	// Empty where there is none, or the sign-in is older than the page.
	PlanURL string `json:"plan_url,omitempty"`
	// DeviceID is what the provider knows the device of this sign-in by, in the header
	// [DeviceRules.DeviceHeader]; empty where it wants to know none.
	DeviceID string `json:"device_id,omitempty"`
}

// Target is where a new sign-in goes, and how: what the provider table and the
// configuration say at this moment.
type Target struct {
	Binding
	ProviderName  string   // for sentences: "MiniMax", "MiniMax China"
	Issuer        string   // names the endpoints that are empty here (RFC 8414); may be empty
	DeviceURL     string   // device authorization endpoint
	LegacyDevice  string   // fallback for DeviceURL, may be empty
	PageHosts     []string // hosts (and their subdomains) whose approval page may be opened, copied or drawn
	MinInterval   time.Duration
	DefaultPolled time.Duration // interval when the server names none
}

// DeviceCode is a sign-in under way: what the person needs to approve it, and
// what the program needs to poll. The PKCE verifier is unexported and never
// leaves the process.
type DeviceCode struct {
	Target          Target // as asked for, with what the issuer named filled in
	UserCode        string
	VerificationURI string        // repaired and cleaned; carries the code when Complete
	Complete        bool          // VerificationURI carries the user code
	PageTrusted     bool          // VerificationURI may be opened, copied and drawn as a QR code
	ExpiresAt       time.Time     // when the code ends, local wall clock
	Interval        time.Duration // between polls, floor applied

	verifier   secret.Secret
	deviceCode secret.Secret
	approved   *approval // the person approved, and no tokens for the API are there yet
}

// Approved reports whether the person has approved the sign-in, though there are no
// tokens for the API yet.
func (c *DeviceCode) Approved() bool { return c.approved != nil }

// Tokens is what a provider granted.
type Tokens struct {
	Access       secret.Secret
	ID           secret.Secret // ID token; zero when the answer carried none
	Refresh      secret.Secret // zero when the answer carried none: the old one is kept
	Type         string        // "Bearer" when not named
	Scope        string
	ResourceURL  string // as sent (resource_url, inference_base_url); not yet checked against any list
	Identity     Identity
	Notification string // a note from the provider for the person, cleaned
	ObtainedAt   time.Time
	ExpiresAt    time.Time // zero when ExpiryErr is set, or when nothing says that it ends
	ExpiryErr    error     // the expiry could not be read; the tokens count all the same
	// Unfit says why the API would not take this access token; nil when it may.
	// The tokens are stored all the same, since the ones before are spent.
	Unfit *autherr.Error
}

// Outcome says what became of one request.
type Outcome int

// The outcomes.
const (
	// NotSent: no byte reached a server (dial, DNS, TLS). Nothing was spent.
	NotSent Outcome = iota + 1
	// NotSpent: a server answered, and its answer says that nothing was spent
	// (429, a 4xx without a terminal code).
	NotSpent
	// Unknown: the request may have been served and its answer lost (connection
	// lost after the first byte, 5xx, HTML, cut or unreadable 2xx, 2xx without
	// a token).
	Unknown
	// Doubtful: 200 with a status other than success. Once it is treated as
	// Unknown; the second one in a row is terminal.
	Doubtful
	// Terminal: the grant is dead, or the sign-in was denied or refused.
	Terminal
	// Granted: Tokens is set.
	Granted
	// Pending: the person has not approved yet (polling only).
	Pending
	// NotIncluded: the grant lives, but the plan does not include what it is
	// for. Nothing was spent, and signing in again cannot help.
	NotIncluded
)

// Answer is the result of a poll or of a refresh.
type Answer struct {
	Outcome    Outcome
	Tokens     *Tokens        // set exactly when Outcome is Granted
	Err        *autherr.Error // set unless Granted or Pending
	RetryAfter time.Duration  // what the provider asked for, zero when nothing
	SlowDown   bool           // the provider asked to poll less often
	Answered   bool           // somebody answered, whatever it was
	Reason     string         // why the next poll is later than usual, a sentence for a person; may be empty
	ClockSkew  time.Duration  // provider's clock (Date header) minus ours; zero when unknown
}

// Flow is how one provider signs in and refreshes. Every call ends with its
// context and within the client's time limit. Implementations are safe for
// concurrent use.
type Flow interface {
	// RequestCode asks for a device code.
	RequestCode(ctx context.Context, t Target) (*DeviceCode, error)
	// Poll asks once whether the code was approved.
	Poll(ctx context.Context, code *DeviceCode) Answer
	// Refresh sends refresh, a single-use token, to the binding's hosts only.
	// Neither it nor what is held beside it, such as the access token, stands in
	// what the answer says.
	Refresh(ctx context.Context, b Binding, refresh secret.Secret, beside ...secret.Secret) Answer
}
