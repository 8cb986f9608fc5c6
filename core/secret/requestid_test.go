package secret_test

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/leaktest"
)

const uuid = "3f2b8c1a-77aa-4c1e-9d2f-0123456789ab"

// A request id stays where it is called one: it is what the provider's support
// asks for. Nothing else that has the shape of a token does.
func TestWords_RequestIDs(t *testing.T) {
	for _, text := range []string{
		"overloaded (request id: " + uuid + ")",
		"overloaded, request_id=" + uuid,
		"X-Request-Id: " + uuid + ".",
		"x-request-id " + strings.ToUpper(uuid),
		`{"message":"no","request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}`,
		"Request ID req_011CSHoEeqs5C35K2UUqR7Fy, try later",
		"requestId: '" + uuid + "'",
		"cf-ray: 8c1b2d3e4f5a6b7c-FRA",
		"request_id: " + uuid + ", request_id: req_011CSHoEeqs5C35K2UUqR7Fy at 2026-07-29T10:00:00Z",
	} {
		if got := secret.Words(text, 500); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if got := secret.Words(secret.Words(text, 500), 500); got != text {
			t.Errorf("twice: %q became %q", text, got)
		}
	}
	for _, text := range []string{
		"the token " + uuid + " is bad",
		"id: " + uuid,
		"token_id: req_011CSHoEeqs5C35K2UUqR7Fy",
		"no request, id " + uuid,
		"request id: " + uuid + uuid,
		"request id: " + uuid + "-0123456789abcdef",
		"request id: req_011CSHoEeqs5C35K2UUqR7Fy.AbCdEf0123456789AbCd",
		"request id: sk-ant-oat01-abcdefghij0123456789",
		"request id: 0123456789abcdef0123456789abcdef",
		"request id: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
		"request id: " + uuid + " for token " + leaktest.Tokens(3)[2],
	} {
		if got := secret.Words(text, 500); got == text {
			t.Errorf("%q stayed", text)
		}
	}
}

// A token of the account that is written as a request id, in whichever spelling,
// is a token.
func TestWords_AKnownTokenAsRequestID(t *testing.T) {
	for name, encode := range leaktest.Encodings() {
		for _, token := range append(leaktest.Tokens(7), uuid, "req_011CSHoEeqs5C35K2UUqR7Fy") {
			written := encode(token)
			got := secret.NewScrubber(secret.New(token)).Words("request_id: "+written+".", 4000)
			if part := leaktest.Left(got, written); len(part) >= 12 {
				t.Errorf("%s: %q is left of %q in %q", name, part, token, got)
			}
		}
	}
}
