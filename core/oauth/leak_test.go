package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/leaktest"
)

// texts are bodies in which a server says something, %s, beside what it has to.
var texts = []string{
	`{"error":%s}`,
	`{"error":"invalid_grant","error_description":%s}`,
	`{"error":{"code":%s,"message":%[1]s,"type":"x"}}`,
	`{"code":%s,"message":%[1]s}`,
	`{"base_resp":{"status_code":1004,"status_msg":%s}}`,
	`{"status":"error","message":%s}`,
	`{"status":%s}`,
	`[%s]`,
	`{"access_token":"","refresh_token":%s,"id_token":%[1]s,"error_description":%[1]s}`,
	`{"access_token":"AT-1","refresh_token":"RT-2","expired_in":%s,"token_type":%[1]s,"scope":%[1]s,"notification_message":%[1]s,"resource_url":%[1]s}`,
	`{"user_code":%s,"device_code":"d","device_auth_id":"d","verification_uri":"https://id.example/x","expires_in":600,"expired_in":600}`,
	`{"user_code":"AB-12","device_code":"d","verification_uri":%s,"verification_uri_complete":%[1]s,"expires_in":600,"expired_in":600}`,
	`{"user_code":"AB-12","device_code":"d","verification_uri":"https://id.example/x","expires_in":%s,"expired_in":%[1]s,"interval":%[1]s}`,
	`{"issuer":%s}`,
	`{"message":%s,"error_details":{"notification_id":%[1]s,"message":%[1]s}}`,
	`{"token":"API-1","expires_at":%s,"endpoints":{"api":%[1]s}}`,
	`{"issuer":"https://id.example","device_authorization_endpoint":%s,"token_endpoint":%[1]s}`,
}

// said is everything of answers that may be shown, kept or passed on.
func said(code *DeviceCode, err error, answers ...Answer) string {
	var all strings.Builder
	if code != nil {
		fmt.Fprintln(&all, code.UserCode, code.VerificationURI)
	}
	failure := func(e *autherr.Error) {
		if e != nil {
			fmt.Fprintln(&all, e.Code, e.Message, e.Hint, e.Err)
		}
	}
	if e, ok := err.(*autherr.Error); ok {
		failure(e)
	}
	for _, a := range answers {
		failure(a.Err)
		fmt.Fprintln(&all, a.Reason)
		if t := a.Tokens; t != nil {
			failure(t.Unfit)
			base, _ := Binding{APIHosts: []string{"api.example"}, API: ChatCompletions}.ResourceBase(t.ResourceURL)
			fmt.Fprintln(&all, t.Type, t.Scope, t.Notification, t.Identity.Words(), t.ExpiryErr, base)
		}
	}
	return all.String()
}

// Whatever a server says, at a code, a poll or a refresh, with whatever status,
// no token stands in what comes of it: neither the ones of the account, nor that
// of another one, nor one that the answer itself brings.
func TestNoTokenInWhatAServerSays(t *testing.T) {
	target := Target{
		Binding: Binding{
			Provider: "acme", ClientID: "c", TokenURL: "https://id.example/t", BaseURL: "https://api.example/v1", ExchangeURL: "https://id.example/x",
			TokenHosts: []string{"id.example"}, APIHosts: []string{"api.example"},
		},
		ProviderName: "Acme", Issuer: "https://id.example", DeviceURL: "https://id.example" + codexUserCode, PageHosts: []string{"id.example"},
	}
	bare := target
	bare.DeviceURL = ""
	encodings := leaktest.Encodings()
	tokens := leaktest.Tokens(28)
	for n, token := range tokens {
		if testing.Short() && n%10 != 0 {
			continue
		}
		refresh, access := secret.New(tokens[(n+n%3)%28]), secret.New(tokens[(n+n%2)%28]) // its own, or others
		for m, name := range slices.Sorted(maps.Keys(encodings)) {
			encode := encodings[name]
			for i, text := range texts {
				if (n+m+i)%len(texts) != 0 { // every token in every spelling in one text, every text with some fifty
					continue
				}
				written := encode(token)
				quoted, _ := json.Marshal("see " + written + " there")
				if (n+m)%2 == 0 {
					quoted, _ = json.Marshal(written)
				}
				status := []int{200, 400, 401, 403, 503}[(n+i)%5]
				got := speakAll(t, target, bare, status, fmt.Sprintf(text, quoted), refresh, access)
				if part := leaktest.Left(got, written); len(part) >= 12 {
					t.Errorf("%s, %d, %s: %q is left of %q in %q", name, status, text, part, written, got)
				}
			}
		}
	}
}

// speakAll lets the body answer everything that a flow asks, and returns what is
// said of it.
func speakAll(t *testing.T, target, bare Target, status int, body string, refresh, access secret.Secret) string {
	t.Helper()
	client := NewClient(Config{Transport: answering{status, body}})
	code := &DeviceCode{Target: target, deviceCode: secret.New("d"), verifier: secret.New("v")}
	var all strings.Builder
	for _, try := range []struct {
		flow   Flow
		target Target
	}{
		{NewMiniMax(client, nil), target}, {NewDevice(client, DeviceRules{Name: "Acme"}), bare},
		{NewCodex(client, DeviceRules{}), target}, {NewNous(client, DeviceRules{}), target}, {NewXAI(client, DeviceRules{}), target},
		{NewExchanged(client, DeviceRules{Name: "Acme"}, Exchange{Base: "endpoints.api"}), target},
	} {
		if exchanged, ok := try.flow.(*Exchanged); ok { // what is exchanged after the approval
			code.approved = &approval{code: refresh}
			all.WriteString(said(nil, nil, exchanged.Poll(context.Background(), code)))
			code.approved = nil
		}
		asked, err := try.flow.RequestCode(context.Background(), try.target)
		all.WriteString(said(asked, err, try.flow.Poll(context.Background(), code), try.flow.Refresh(context.Background(), target.Binding, refresh, access)))
		code.approved = nil
	}
	return all.String()
}

// answering answers every request with a status and a body.
type answering struct {
	status int
	body   string
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := canned{[]byte(a.body), "application/json"}.RoundTrip(r)
	res.StatusCode = a.status
	return res, err
}

// The tokens that an account holds, and those that a failed answer brings, are
// known: they are cut where they look like words, too.
func TestNoKnownTokenInAFailedRefresh(t *testing.T) {
	const refresh, access, sent = "correct-horse-battery-staple", "plain-words-for-an-access-token", "another-one-made-of-ordinary-words"
	body := `{"error":"invalid_grant","error_description":"` + refresh + " " + access + " " + sent + `","data":{"access_token":"` + sent + `"}}`
	client := NewClient(Config{Transport: answering{400, body}})
	for _, flow := range []Flow{NewMiniMax(client, nil), NewDevice(client, DeviceRules{Name: "Acme"})} {
		a := flow.Refresh(context.Background(), Binding{TokenURL: "https://id.example/t", TokenHosts: []string{"id.example"}}, secret.New(refresh), secret.New(access))
		for _, token := range []string{refresh, access, sent} {
			if strings.Contains(a.Err.Message, token) {
				t.Errorf("%q stands in %q", token, a.Err.Message)
			}
		}
	}
}
