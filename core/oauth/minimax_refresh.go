package oauth

import (
	"context"
	"net/url"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// miniMaxName stands in sentences about a refresh.
const miniMaxName = "MiniMax"

// Refresh implements [Flow].
//
//	Granted   a 2xx with an access token, whatever else is wrong with it
//	Terminal  a 4xx that names a terminal code; Err.Code is the provider's own
//	          code where one was parsed, else refresh_failed
//	Doubtful  a 2xx without a token whose "status" is not "success"
//	NotSpent  any other 4xx, among them 408 and 429 (never terminal), and a
//	          redirect that was not followed
//	NotSent   no server was reached
//	Unknown   everything else: lost after a connection stood, 5xx whatever its
//	          body says, a 2xx that is a web page, cut, unreadable or without
//	          a token
func (m *MiniMax) Refresh(ctx context.Context, b Binding, refresh secret.Secret, beside ...secret.Secret) Answer {
	speak := speaker{b.Provider, miniMaxName, secret.NewScrubber(append(beside, refresh)...)}
	if refresh.IsZero() {
		return noRefreshToken(b)
	}
	r := m.client.post(ctx, request{
		url: b.TokenURL, legacy: b.LegacyTokenURL, hosts: b.TokenHosts,
		form: url.Values{
			"grant_type":    {"refresh_token"},
			"client_id":     {b.ClientID},
			"refresh_token": {refresh.Reveal()},
		},
	})
	if r.ok() {
		return refreshed(r, speak, append(beside, refresh)...)
	}
	return refreshRefused(r, speak, m.terminal)
}

// refreshed reads a 2xx answer to a refresh.
func refreshed(r *reply, speak speaker, held ...secret.Secret) Answer {
	a := answerTo(r)
	o, err := parseObject(r.body)
	if err == nil {
		if a.Tokens = grant(o, r, speak.provider, held...); a.Tokens != nil {
			a.Outcome = Granted
			return a
		}
	}
	a.Outcome = Unknown
	a.Err = speak.fail(r, autherr.CodeRefreshFailed)
	a.Err.Kind = autherr.Network
	if err != nil {
		return a
	}
	if o.has("status") && !strings.EqualFold(o.text("status"), "success") {
		a.Outcome = Doubtful
		a.Err.Kind = autherr.Failed
	}
	a.Err.Message = speak.name + " sent no new token"
	said := problem{secrets: o.secrets(), text: firstText(
		o.object("base_resp").text("status_msg"), o.text("error_description"), o.text("message"), o.text("error"), o.text("status"),
	)}
	if words := said.sentence(speak.known); words != "" && !strings.EqualFold(words, "success") && !strings.EqualFold(words, "ok") {
		a.Err.Message += ": " + words
	} else if strings.EqualFold(o.text("status"), "success") {
		a.Err.Message = speak.name + " said that it worked, but sent no new token"
	}
	return a
}
