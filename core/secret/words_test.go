package secret_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/leaktest"
)

// What people need of a provider's words stays as it is.
func TestWords_WhatIsNoSecretStays(t *testing.T) {
	for _, text := range []string{
		"",
		"invalid_grant",
		"refresh_token_invalidated",
		"subscription:free-usage-exhausted",
		"member_spend_cap_exceeded: ask the owner of team Müller-Lüdenscheidt GmbH",
		"urn:ietf:params:oauth:grant-type:device_code is not supported",
		"com.minimax.auth.InvalidAuthenticationTokenException",
		"UNAUTHENTICATED (16): JSONDecodeError",
		"usage limit exceeded, 5-hour usage limit reached for Token Plan Plus, resets at 2026-07-29T10:00:00.123+08:00 (2056)",
		"insufficient balance (1008), 0.00 of 100.00 used on 2026-11-29 20:27:42",
		"model MiniMax-M3 is not known, use MiniMax-M2.5-highspeed or MiniMax-Text-01",
		"claude-3-5-sonnet-20241022, gpt-4o-mini-2024-07-18, accounts/fireworks/models/llama-v3p1-405b-instruct",
		"see https://platform.minimax.io/docs/faq/about-apis#q2 or https://help.openai.com/en/articles/20254",
		"read tcp 127.0.0.1:38298->127.0.0.1:33043: read: connection reset by peer",
		"dial tcp [2001:db8::1]:443: i/o timeout",
		"enter WDJB-MJHT at portal.example within 900 s",
		"登录已过期，请重新登录。 Ошибка авторизации",
		"too many requests: 12 of 10 in 60 s, 429, retry in 1.5 s",
		"HTTP 403 from cf-ray 8c1b2d3e4f5a6b7c-FRA",
	} {
		if got := secret.Words(text, 500); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestWords_WhatHasTheShapeOfOneGoes(t *testing.T) {
	for _, text := range []string{
		"sk-ant-oat01-abcdefghij0123456789",
		"3f2b8c1a-77aa-4c1e-9d2f-0123456789ab",
		"0123456789abcdef0123456789abcdef",
		"zzzzzzzzzzzzzzzzzzzz",
		"12345678901234567890",
		"MFRGGZDFMZTWQ2LKNNWG",
		"eyJh bGci OiJI UzI1 NiJ9",
		"eyJh\u200bbGci\u200bOiJI\u200bUzI1\u200bNiJ9",
		"ｅｙＪｈｂＧｃｉＯｉＪＩＵｚＩ１ＮｉＪ９",
		"rt.1.AbCdEf+GhIjKl/MnOpQrSt==",
	} {
		if got := secret.Words("bad token: "+text+" was refused", 500); got != "bad token: [secret] was refused" {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// A token that nobody here knows is cut out of what a server says, whatever it
// is written in; one that is known also where it has no shape.
func TestWords_NoTokenInAnySpelling(t *testing.T) {
	for name, encode := range leaktest.Encodings() {
		t.Run(name, func(t *testing.T) {
			for _, token := range leaktest.Tokens(28) {
				for _, known := range []*secret.Scrubber{nil, secret.NewScrubber(secret.New(token))} {
					written := encode(token)
					got := known.Words("the token "+written+" is not valid", 4000)
					if part := leaktest.Left(got, written); len(part) >= 12 {
						t.Errorf("%q of %q is left in %q", part, written, got)
					}
					if !strings.HasPrefix(got, "the ") || !strings.HasSuffix(got, "valid") {
						t.Errorf("the words are gone: %q", got)
					}
				}
			}
		})
	}
}

// A known token is found where it looks like words.
func TestWords_AKnownTokenOfWords(t *testing.T) {
	const token = "correct-horse-battery-staple"
	s := secret.NewScrubber(secret.New(token))
	for name, encode := range leaktest.Encodings() {
		if part := leaktest.Left(s.Words("it is "+encode(token)+".", 4000), encode(token)); len(part) >= 12 {
			t.Errorf("%s: %q is left", name, part)
		}
	}
}

// A token that stands across the bound leaves no part of itself.
func TestWords_ATokenAtTheBound(t *testing.T) {
	for _, token := range leaktest.Tokens(7) {
		for from := range 60 {
			got := secret.Words(strings.Repeat("x ", 20)[:40-from%40]+token, 40)
			if part := leaktest.Left(got, token); len(part) >= 12 {
				t.Errorf("%q is left in %q", part, got)
			}
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("bad token sk-ant-oat01-abcdefghij0123456789", "sk-ant-oat01-abcdefghij0123456789", 100)
	f.Add("a1 b2 \x1b[31mcorrect horse battery staple", "correct-horse-battery-staple", 20)
	f.Fuzz(func(t *testing.T, in, token string, limit int) {
		limit %= 2000
		s := secret.NewScrubber(secret.New(token))
		got := s.Words(in, limit)
		if n := utf8.RuneCountInString(got); n > max(limit, 0) || !utf8.ValidString(got) {
			t.Fatalf("%q is %d characters, limit %d", got, n, limit)
		}
		if got != secret.Clean(got, limit) {
			t.Fatalf("not clean: %q", got)
		}
		if strings.Contains(token, "[secret]") || strings.Contains("[secret]", token) {
			return
		}
		if len(token) >= 16 && strings.Contains(got, token) {
			t.Fatalf("%q is left in %q", token, got)
		}
	})
}
