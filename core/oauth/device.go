package oauth

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const (
	deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
	// rfcInterval is the pause between polls where the server names none (RFC
	// 8628 section 3.2).
	rfcInterval = 5 * time.Second
)

// Device is the [Flow] of providers that speak RFC 8628, the device
// authorization grant, and refresh as RFC 6749 section 6 says.
type Device struct {
	client *Client
	rules  DeviceRules
	quirks quirks
}

// DeviceRules are what differs from one such provider to the next. The zero
// value speaks the RFC as it stands.
type DeviceRules struct {
	Name     string            // in sentences: "Acme"
	PKCE     bool              // send a challenge (RFC 7636), which the RFC does not ask for
	Audience string            // which API the token is for, where the provider wants to know
	Fields   map[string]string // further form fields of every request
	Headers  map[string]string // further headers of every request
	Terminal []string          // error codes that mean that a grant is dead, in lower case
	// DeviceHeader is the header in which every request of an account names the device,
	// by an id that is made at the sign-in and stays the same for as long as it lasts;
	// empty: there is none.
	DeviceHeader string
	// Issuer names the token endpoint of a binding that names none, which is one
	// of an account that another program signed in.
	Issuer string
}

// quirks are what a provider does in its own way, each a step that takes the
// place of the RFC's or follows it. They are set in that provider's file.
type quirks struct {
	refreshHeader string // carries the refresh token in the form's place
	// refused has the last word on an answer to a refresh that is not 2xx.
	refused func(a *Answer, r *reply, speak speaker)
	// granted looks at tokens before anybody else does.
	granted func(t *Tokens, scope string, r *reply, speak speaker)
	// wholePair says that a sign-in without a refresh token is none.
	wholePair bool
	// Codes of a refresh that failed without one of the provider's own: in
	// general, with a 2xx that is no JSON object, with one without a token. Where
	// empty, refresh_failed.
	failed, unreadable, missing string
}

// NewDevice returns the flow.
func NewDevice(client *Client, rules DeviceRules) *Device {
	return &Device{client: client, rules: rules}
}

// request fills in what every request of a binding has.
func (d *Device) request(b Binding, address string, form url.Values) request {
	for name, value := range d.rules.Fields {
		form.Set(name, value)
	}
	if d.rules.Audience != "" {
		form.Set("audience", d.rules.Audience)
	}
	header := http.Header{}
	for name, value := range d.rules.Headers {
		header.Set(name, value)
	}
	if name := d.rules.DeviceHeader; name != "" && b.DeviceID != "" {
		header.Set(name, b.DeviceID)
	}
	return request{url: address, hosts: b.TokenHosts, form: form, header: header}
}

// RequestCode implements [Flow]. Endpoints that the target lacks are found out
// from its issuer first. Errors are *[autherr.Error] with one of the codes
// discovery_failed, discovery_incomplete, discovery_invalid,
// authorization_failed, authorization_incomplete, host_not_allowed, unreachable,
// canceled, or the provider's own.
func (d *Device) RequestCode(ctx context.Context, t Target) (*DeviceCode, error) {
	speak := speaker{t.Provider, t.ProviderName, secret.NewScrubber()}
	t, err := d.client.discover(ctx, t)
	if err != nil {
		return nil, err
	}
	if d.rules.DeviceHeader != "" {
		if t.DeviceID, err = newDeviceID(d.client.rand); err != nil {
			return nil, speak.final(autherr.CodeAuthorizationFailed, "the sign-in could not be started: "+err.Error(), "")
		}
	}
	form := url.Values{"client_id": {t.ClientID}}
	if t.Scope != "" {
		form.Set("scope", t.Scope)
	}
	var p proof
	if d.rules.PKCE {
		if p, err = newProof(d.client.rand); err != nil {
			return nil, speak.final(autherr.CodeAuthorizationFailed, "the sign-in could not be started: "+err.Error(), "")
		}
		speak.known.Add(p.verifier)
		maps.Copy(form, url.Values{"code_challenge": {p.challenge}, "code_challenge_method": {"S256"}})
	}
	r := d.client.post(ctx, d.request(t.Binding, t.DeviceURL, form))
	switch {
	case r.delivery != answered:
		return nil, speak.fail(r, autherr.CodeUnreachable)
	case !r.ok():
		e := speak.fail(r, autherr.CodeAuthorizationFailed)
		if said := parseProblem(r); said.code != "" {
			e.Code = speak.known.Words(said.code, 64)
		}
		return nil, e
	}
	return readDeviceCode(t, p, r, speak)
}

// readDeviceCode reads a device authorization response (RFC 8628 section 3.2).
func readDeviceCode(t Target, p proof, r *reply, speak speaker) (*DeviceCode, error) {
	incomplete := func(what string) *autherr.Error {
		return speak.final(autherr.CodeAuthorizationIncomplete, t.ProviderName+"'s answer "+what, "try again")
	}
	o, err := parseObject(r.body)
	if err != nil {
		if looksLikePage(r) {
			return nil, incomplete("is a web page")
		}
		return nil, incomplete("cannot be read")
	}
	for _, name := range []string{"device_code", "user_code", "expires_in"} {
		if o.text(name) == "" {
			return nil, incomplete("lacks the field " + name)
		}
	}
	deadline, err := expiry.Deadline(o["expires_in"], r.exchange)
	if err != nil {
		return nil, incomplete("cannot be used: " + speak.known.Words(err.Error(), 120))
	}
	userCode, ok := readUserCode(o.text("user_code"))
	if !ok {
		return nil, incomplete("has a code that nobody can type")
	}
	page := devicePage(t, o, userCode)
	if page.uri == "" {
		return nil, incomplete("lacks the field verification_uri")
	}
	code := &DeviceCode{
		Target: t, UserCode: userCode,
		VerificationURI: page.uri, Complete: page.complete, PageTrusted: page.trusted,
		ExpiresAt: deadline, Interval: seconds(o, t), verifier: p.verifier, deviceCode: secret.New(o.text("device_code")),
	}
	return code, nil
}

// devicePage chooses between the page that carries the code and the one that
// does not. verification_url is what it was called before the RFC, and still is
// by Google.
func devicePage(t Target, o object, userCode string) page {
	plain := newPage(t, firstText(o.text("verification_uri"), o.text("verification_url")), userCode)
	whole := newPage(t, firstText(o.text("verification_uri_complete"), o.text("verification_url_complete")), userCode)
	if whole.uri == "" || plain.trusted && !whole.trusted {
		return plain
	}
	whole.complete = true
	return whole
}

// seconds reads the pause between polls. What is missing or makes no sense is
// the provider's usual pause.
func seconds(o object, t Target) time.Duration {
	pause := t.DefaultPolled
	if pause == 0 {
		pause = rfcInterval
	}
	if s, _ := strconv.ParseFloat(o.text("interval"), 64); s > 0 {
		pause = time.Duration(min(s, longestInterval.Seconds()) * float64(time.Second))
	}
	return min(max(pause, t.MinInterval, shortestInterval), longestInterval)
}
