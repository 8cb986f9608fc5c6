package hermes_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// many is an auth.json of n rows, as large as those with real tokens.
func many(n int) []byte {
	long := bytes.Repeat([]byte("x"), 200)
	var b bytes.Buffer
	b.WriteString(`{"version":1,"providers":{},"credential_pool":{"minimax-oauth":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%06x","label":"account-%d","auth_type":"oauth","priority":%d,"source":"manual",`+
			`"access_token":"FAKE-at-%d-%s","refresh_token":"FAKE-rt-%d-%s","last_status":null,"last_status_at":null,`+
			`"base_url":"https://api.minimax.io/anthropic","expires_at":"2026-05-20T10:15:00+00:00","request_count":1}`, i, i, i, i, long, i, long)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

// BenchmarkPlan10k parses and plans a file of 10,000 rows.
func BenchmarkPlan10k(b *testing.B) {
	data := many(10_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f, err := hermes.Parse(hermes.AuthJSON, data, now)
		if err != nil {
			b.Fatal(err)
		}
		if p := hermes.Plan([]*hermes.File{f}, nobody()); len(p.Drafts) != 10_000 {
			b.Fatalf("%d accounts", len(p.Drafts))
		}
	}
}

// BenchmarkWithout10k takes them out again.
func BenchmarkWithout10k(b *testing.B) {
	f, err := hermes.Parse(hermes.AuthJSON, many(10_000), now)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Without(all(f), now); err != nil {
			b.Fatal(err)
		}
	}
}
