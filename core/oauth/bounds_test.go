package oauth

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// endless answers every request with a body that has no end. Where slow is set,
// nothing comes of it after its first bytes, and the request's time runs out.
type endless struct {
	status int
	slow   bool
	end    context.CancelFunc // of the request that is under way
	bodies []*flood
}

func (e *endless) RoundTrip(r *http.Request) (*http.Response, error) {
	body := &flood{endless: e, ctx: r.Context()}
	e.bodies = append(e.bodies, body)
	return &http.Response{
		StatusCode: e.status, Body: body, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}},
	}, nil
}

type flood struct {
	*endless
	ctx    context.Context
	read   int
	closed bool
}

func (f *flood) Read(p []byte) (int, error) {
	if f.slow && f.read > 0 {
		f.end()
		<-f.ctx.Done()
		return 0, f.ctx.Err()
	}
	if f.read > 64<<20 {
		return 0, io.ErrShortBuffer // ends a test that would not end
	}
	for i := range p {
		p[i] = ' ' // before an object, so that nothing is decided by what was read
	}
	f.read += len(p)
	return len(p), nil
}

func (f *flood) Close() error { f.closed = true; return nil }

// TestAnswers_AreBounded: no answer of a provider, whatever it was asked, takes
// more memory than its limit, or more time than the request has.
func TestAnswers_AreBounded(t *testing.T) {
	target := Target{
		Binding:      Binding{Provider: "acme", ClientID: "c", TokenURL: "https://id.example/t", TokenHosts: []string{"id.example"}},
		ProviderName: "Acme", DeviceURL: "https://id.example" + codexUserCode, PageHosts: []string{"id.example"},
	}
	issuer := target
	issuer.Issuer, issuer.DeviceURL, issuer.TokenURL = "https://id.example", "", ""
	refresh, access := secret.New("FAKE-refresh-token"), secret.New("FAKE-access-token")
	for _, flow := range []struct {
		name   string
		make   func(*Client) Flow
		target Target
	}{
		{"MiniMax", func(c *Client) Flow { return NewMiniMax(c, nil) }, target},
		{"RFC 8628", func(c *Client) Flow { return NewDevice(c, DeviceRules{Name: "Acme"}) }, target},
		{"an issuer", func(c *Client) Flow { return NewDevice(c, DeviceRules{Name: "Acme"}) }, issuer},
		{"Codex", func(c *Client) Flow { return NewCodex(c, DeviceRules{}) }, target},
		{"Nous", func(c *Client) Flow { return NewNous(c, DeviceRules{}) }, target},
		{"xAI", func(c *Client) Flow { return NewXAI(c, DeviceRules{}) }, target},
	} {
		for _, tc := range []struct {
			name  string
			wire  endless
			limit int
		}{
			{"endless success", endless{status: 200}, maxBody},
			{"endless refusal", endless{status: 400}, maxErrorBody},
			{"endless failure", endless{status: 503}, maxErrorBody},
			{"slow success", endless{status: 200, slow: true}, maxBody},
			{"slow refusal", endless{status: 400, slow: true}, maxErrorBody},
		} {
			t.Run(flow.name+", "+tc.name, func(t *testing.T) {
				wire := tc.wire
				client := NewClient(Config{Transport: &wire, WithTimeout: func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
					ctx, wire.end = context.WithCancel(ctx)
					return ctx, wire.end
				}})
				f := flow.make(client)
				code := &DeviceCode{Target: target, deviceCode: secret.New("d"), verifier: secret.New("v")}
				if _, err := f.RequestCode(t.Context(), flow.target); err == nil {
					t.Error("there is a code")
				}
				if a := f.Poll(t.Context(), code); a.Tokens != nil {
					t.Error("a poll brought tokens")
				}
				if a := f.Refresh(t.Context(), target.Binding, refresh, access); a.Tokens != nil || a.Err == nil {
					t.Errorf("a refresh ended with %+v", a)
				}
				if err := client.Revoke(t.Context(), Revocation{Name: "Acme", Issuer: "https://id.example"}, target.Binding, refresh, access); err == nil {
					t.Error("the tokens count as revoked")
				}
				if len(wire.bodies) < 4 {
					t.Errorf("%d requests came", len(wire.bodies))
				}
				for i, body := range wire.bodies {
					if body.read > tc.limit+1 || !body.closed {
						t.Errorf("request %d: %d bytes were read, closed: %t", i, body.read, body.closed)
					}
				}
			})
		}
	}
}
