package oauth

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// What MiniMax does its own way, as hermes-agent and OpenClaw (PR #88608) send
// and read it: a user code takes the place of the device code, the interval is
// in milliseconds, a poll is answered with 200 and a "status", and "expired_in"
// has several meanings.
const (
	miniMaxPollGrant = "urn:ietf:params:oauth:grant-type:user_code"

	shortestInterval = 2 * time.Second // floor, also where the server names none
	longestInterval  = time.Minute
)

// MiniMax is the [Flow] of MiniMax, global and China.
type MiniMax struct {
	client   *Client
	terminal []string
}

// NewMiniMax returns the flow. terminal has the error codes that mean that a
// grant is dead, in lower case.
func NewMiniMax(client *Client, terminal []string) *MiniMax {
	return &MiniMax{client, terminal}
}

// RequestCode implements [Flow]. Errors are *[autherr.Error] with one of the
// codes authorization_failed (the provider said no), authorization_incomplete
// (its answer lacks something), state_mismatch, host_not_allowed, unreachable
// or canceled.
func (m *MiniMax) RequestCode(ctx context.Context, t Target) (*DeviceCode, error) {
	speak := speaker{t.Provider, t.ProviderName, secret.NewScrubber()}
	p, err := newProof(m.client.rand)
	if err != nil {
		return nil, &autherr.Error{
			Provider: t.Provider, Code: autherr.CodeAuthorizationFailed,
			Message: "the sign-in could not be started", Err: err,
		}
	}
	speak.known.Add(p.verifier)
	r := m.client.post(ctx, request{
		url: t.DeviceURL, legacy: t.LegacyDevice, hosts: t.TokenHosts,
		header: http.Header{"X-Request-Id": {p.requestID}},
		form: url.Values{
			"response_type":         {"code"},
			"client_id":             {t.ClientID},
			"scope":                 {t.Scope},
			"code_challenge":        {p.challenge},
			"code_challenge_method": {"S256"},
			"state":                 {p.state},
		},
	})
	switch {
	case r.delivery != answered:
		return nil, speak.fail(r, autherr.CodeUnreachable)
	case !r.ok():
		return nil, speak.fail(r, autherr.CodeAuthorizationFailed)
	}
	return m.readCode(t, p, r, speak)
}

// readCode reads a 2xx answer to a code request.
func (m *MiniMax) readCode(t Target, p proof, r *reply, speak speaker) (*DeviceCode, error) {
	incomplete := func(what string) *autherr.Error {
		return &autherr.Error{
			Kind: autherr.Failed, Provider: t.Provider, Code: autherr.CodeAuthorizationIncomplete,
			Message: t.ProviderName + "'s answer " + what, Hint: "try again",
		}
	}
	o, err := parseObject(r.body)
	if err != nil {
		if looksLikePage(r) {
			return nil, incomplete("is a web page")
		}
		return nil, incomplete("cannot be read")
	}
	for _, name := range []string{"user_code", "verification_uri", "expired_in"} {
		if secret.Clean(o.text(name), 64) != "" {
			continue
		}
		what := "lacks the field " + name
		if said := parseProblem(r); said.code != "" || o.has("base_resp") || o.has("error") {
			what += " (" + said.sentence(speak.known) + ")"
		}
		return nil, incomplete(what)
	}
	if o.text("state") != p.state {
		return nil, &autherr.Error{
			Kind: autherr.Failed, Provider: t.Provider, Code: autherr.CodeStateMismatch,
			Message: t.ProviderName + "'s answer belongs to another sign-in (its state is not ours)",
			Hint:    "start again; if it happens again, something on the way changes answers",
		}
	}
	deadline, err := expiry.Deadline(o["expired_in"], r.exchange)
	if err != nil {
		return nil, incomplete("cannot be used: " + speak.known.Words(err.Error(), 120))
	}
	userCode, ok := readUserCode(o.text("user_code"))
	if !ok {
		return nil, incomplete("has a code that nobody can type")
	}
	page := newPage(t, repairPage(strings.TrimSpace(o.text("verification_uri"))), userCode)
	return &DeviceCode{
		Target: t, UserCode: userCode,
		VerificationURI: page.uri, Complete: page.complete, PageTrusted: page.trusted,
		ExpiresAt: deadline, Interval: interval(o, t),
		verifier: p.verifier, deviceCode: secret.New(o.text("user_code")),
	}, nil
}

// interval reads the pause between polls, which MiniMax sends in milliseconds
// (RFC 8628 has seconds). What is missing or makes no sense is the provider's
// usual pause.
func interval(o object, t Target) time.Duration {
	pause := t.DefaultPolled
	if millis, _ := strconv.ParseFloat(o.text("interval"), 64); millis > 0 {
		pause = time.Duration(min(millis, float64(longestInterval.Milliseconds()))) * time.Millisecond
	}
	return min(max(pause, t.MinInterval, shortestInterval), longestInterval)
}
