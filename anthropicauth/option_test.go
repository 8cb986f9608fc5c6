package anthropicauth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"

	"github.com/hermes-tui/hermes-tui/anthropicauth"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// client never tries a request twice, so that every failure shows.
func (r *rig) client(more ...option.RequestOption) *anthropic.Client {
	c := anthropic.NewClient(append([]option.RequestOption{
		anthropicauth.WithAccount(r.accounts, r.account), option.WithMaxRetries(0),
	}, more...)...)
	return &c
}

func params(text string) anthropic.MessageNewParams {
	return anthropic.MessageNewParams{
		Model: "MiniMax-M2.7", MaxTokens: 1000,
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
	}
}

func plain(t *testing.T, c *anthropic.Client, text string) {
	t.Helper()
	answer, err := c.Messages.New(t.Context(), params(text))
	if err != nil {
		t.Error(err)
		return
	}
	if got := answer.Content[0].Text; got != "The sandbox read: "+text {
		t.Errorf("%q was answered %q", text, got)
	}
}

func streamed(t *testing.T, c *anthropic.Client, text string, o ...option.RequestOption) {
	t.Helper()
	stream := c.Messages.NewStreaming(t.Context(), params(text), o...)
	var message anthropic.Message
	for stream.Next() {
		if err := message.Accumulate(stream.Current()); err != nil {
			t.Error(err)
		}
	}
	if err := stream.Err(); err != nil {
		t.Error(err)
		return
	}
	if message.StopReason != anthropic.StopReasonEndTurn || message.Content[0].Text == "" {
		t.Errorf("%q was answered %s", text, message.RawJSON())
	}
}

func tool(t *testing.T, c *anthropic.Client) {
	t.Helper()
	p := params(`call get_weather with {"city":"Paris"}`)
	p.Tools = []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
		Name: "get_weather",
		InputSchema: anthropic.ToolInputSchemaParam{
			Properties: map[string]any{"city": map[string]any{"type": "string"}}, Required: []string{"city"},
		},
	}}}
	call, err := c.Messages.New(t.Context(), p)
	if err != nil {
		t.Error(err)
		return
	}
	var input struct{ City string }
	if err := json.Unmarshal(call.Content[0].Input, &input); err != nil || input.City != "Paris" || call.StopReason != anthropic.StopReasonToolUse {
		t.Errorf("the tool was called with %s, %v", call.RawJSON(), err)
		return
	}
	p.Messages = append(p.Messages, call.ToParam(), anthropic.NewUserMessage(anthropic.NewToolResultBlock(call.Content[0].ID, "21 degrees", false)))
	answer, err := c.Messages.New(t.Context(), p)
	if err != nil || answer.Content[0].Text != "The tool answered: 21 degrees" {
		t.Errorf("%v, %v", answer, err)
	}
}

func TestWithAccount_ThroughExpiries(t *testing.T) {
	t.Setenv("ANTHROPIC_API_KEY", "a key of the environment") // the sandbox refuses it beside a token
	t.Setenv("ANTHROPIC_AUTH_TOKEN", "another")
	t.Setenv("ANTHROPIC_BASE_URL", "http://192.0.2.1")
	r := newTestRig(t)
	c := r.client()
	for range 5 {
		plain(t, c, "hello")
		streamed(t, c, "hello")
		tool(t, c)
		if count, err := c.Messages.CountTokens(t.Context(), anthropic.MessageCountTokensParams{
			Model: "MiniMax-M2.7", Messages: params("hello").Messages,
		}); err != nil || count.InputTokens == 0 {
			t.Error(count, err)
		}
		if models, err := c.Models.List(t.Context(), anthropic.ModelListParams{}); err != nil || len(models.Data) == 0 {
			t.Error(models, err)
		}
		r.clock.Advance(life)
	}
	stats, grant := r.sandbox.Stats().Models, r.sandbox.Grants()[0]
	if stats.Total != 30 || stats.Outcomes[sandbox.Served] != 30 || grant.Rotations != 4 {
		t.Errorf("%+v, %d refreshes", stats, grant.Rotations)
	}
}

func TestWithAccount_RefusedTokenIsRefreshedOnce(t *testing.T) {
	r := newTestRig(t)
	c := r.client()
	plain(t, c, "hello")
	r.sandbox.ExpireAllAccess() // what nobody here can know
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() { streamed(t, c, fmt.Sprint("hello ", i), option.WithHeader("Sandbox-Events", "20")) })
	}
	all.Wait()
	if got := r.sandbox.Grants()[0].Rotations; got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
	if got := r.sandbox.Stats().Models.Outcomes[sandbox.Served]; got != 101 {
		t.Errorf("%d requests were served, want 101", got)
	}
}

func TestWithAccount_NeedsSignIn(t *testing.T) {
	r := newTestRig(t)
	c := r.client(option.WithMaxRetries(5))
	r.sandbox.RevokeAll()
	for range 2 {
		_, err := c.Messages.New(t.Context(), params("hello"))
		var e *autherr.Error
		if !errors.Is(err, autherr.NeedsSignIn) || !errors.As(err, &e) || !e.Relogin {
			t.Errorf("got %v", err)
		}
	}
	if got := r.sandbox.Stats(); got.Models.Total != 1 || got.Refreshes.Total != 1 {
		t.Errorf("asked again although only a person can help: %+v", got)
	}
}

func TestWithAccount_TokensGoToTheirHostOnly(t *testing.T) {
	r, other := newTestRig(t), newTestRig(t)
	for _, base := range []string{other.sandbox.URL() + "/anthropic", "https://api.anthropic.com", "http://localhost" + r.sandbox.URL()[len("http://127.0.0.1"):]} {
		c := r.client(option.WithBaseURL(base))
		_, err := c.Messages.New(t.Context(), params("hello"))
		var e *autherr.Error
		if !errors.As(err, &e) || e.Code != autherr.CodeHostNotAllowed {
			t.Errorf("%s: %v", base, err)
		}
	}
	if got := r.sandbox.Stats().Models.Total + other.sandbox.Stats().Models.Total; got != 0 {
		t.Errorf("%d requests were sent", got)
	}
}

func TestWithAccount_ErrorsOfTheAPI(t *testing.T) {
	r := newTestRig(t)
	r.sandbox.SetFaults(sandbox.Fault{Name: "529", Count: 1})
	_, err := r.client().Messages.New(t.Context(), params("hello"))
	var e *anthropic.Error
	if !errors.As(err, &e) || e.StatusCode != 529 || !strings.HasPrefix(e.RequestID, "req_") {
		t.Errorf("got %v", err)
	}
	// The SDK's own retries are left to it.
	r.sandbox.SetFaults(sandbox.Fault{Name: "cut", On: "model", Count: 1})
	plain(t, r.client(option.WithMaxRetries(1)), "hello")
}

// Hosts are compared as the proxy and every other transport of the accounts does,
// in whatever letters and with whatever default port; what else could tell who
// asks is taken off, whoever put it there.
func TestWithAccount_TheOneGate(t *testing.T) {
	r := newTestRig(t)
	token, err := r.accounts.Token(t.Context(), r.account.ID, core.TokenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	own := r.sandbox.URL()
	for base, allowed := range map[string]bool{
		own + "/anthropic": true,
		strings.Replace(own, "http:", "HTTP:", 1) + "/anthropic":             true,
		strings.Replace(own, "http://", "http://someone@", 1) + "/anthropic": false,
		strings.Replace(own, "http:", "https:", 1) + "/anthropic":            true, // which the sandbox cannot answer
		"https://api.minimax.io/anthropic":                                   false,
	} {
		reached := false
		c := r.client(option.WithBaseURL(base), option.WithHeader("X-Api-Key", "a foreign key"), option.WithHeader("Api-Key", "a foreign key"),
			option.WithHeader("Authorization", "Bearer foreign"), option.WithHeader("Cookie", "session=foreign"), option.WithHeader("Proxy-Authorization", "Basic foreign"),
			option.WithMiddleware(func(q *http.Request, _ option.MiddlewareNext) (*http.Response, error) {
				reached = true
				if q.Header.Get("Authorization") != "Bearer "+token.Access.Reveal() || strings.Contains(fmt.Sprint(q.Header), "foreign") {
					t.Errorf("%s: sent with %d fields, foreign ones among them", base, len(q.Header))
				}
				return nil, errors.New("the end of the chain")
			}))
		_, err := c.Messages.New(t.Context(), params("hello"))
		var e *autherr.Error
		if refused := errors.As(err, &e) && e.Code == autherr.CodeHostNotAllowed; refused == allowed || reached != allowed {
			t.Errorf("%s: %v, sent %t", base, err, reached)
		}
	}
}
