package proxy

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// counted is what was counted of one request: in, out of the cache, into it, out,
// reasoning; "?" behind it where not all was told.
func counted(n tally.Counts) string {
	text := fmt.Sprint(n.Input, " ", n.CacheRead, " ", n.CacheWrite, " ", n.Output, " ", n.Reasoning)
	if n.Unknown > 0 {
		text += " ?"
	}
	return text
}

// Paths of the three wires.
const (
	messages   = "/anthropic/v1/messages"
	chat       = "/openai/v1/chat/completions"
	responses  = "/openai/v1/responses"
	embeddings = "/openai/v1/embeddings"
)

const (
	start = `data: {"type":"message_start","message":{"id":"msg_1","role":"assistant","content":[],"usage":{"input_tokens":25,"cache_read_input_tokens":100,"cache_creation_input_tokens":7,"output_tokens":1}}}` + "\n\n"
	text  = `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"word"}}` + "\n\n"
	stop  = `data: {"type":"message_stop"}` + "\n\n"
	chunk = `data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word"}}]}` + "\n\n"
)

func delta(n string) string {
	return `data: {"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":` + n + `}}` + "\n\n"
}

func chatUsage(usage string) string {
	return `data: {"id":"c","object":"chat.completion.chunk","choices":[],"usage":` + usage + `}` + "\n\n"
}

func finished(kind, rest string) string {
	return "event: response." + kind + "\n" + `data: {"type":"response.` + kind + `","sequence_number":9,"response":{"id":"resp_1",` + rest + `}}` + "\n\n"
}

const openAIUsage = `{"prompt_tokens":300,"completion_tokens":40,"total_tokens":340,"prompt_tokens_details":{"cached_tokens":100},"completion_tokens_details":{"reasoning_tokens":8}}`

const responsesUsage = `{"input_tokens":300,"input_tokens_details":{"cached_tokens":100},"output_tokens":40,"output_tokens_details":{"reasoning_tokens":8},"total_tokens":340}`

var (
	long     = strings.Repeat("a long answer ", 20<<10)
	fooling  = `\"usage\":{\"input_tokens\":999999,\"output_tokens\":999999},\"type\":\"message_delta\"`
	toolUses = `[{"type":"tool_use","id":"t","name":"report","input":{"type":"message_delta","usage":{"input_tokens":999999,"output_tokens":999999,"prompt_tokens":999999}}}]`
)

// What an answer tells of its tokens is what is counted, on every wire and whole or
// in a stream, whichever of them it calls itself; nothing that only looks like it is, and nothing is made up.
func TestTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ path, body, want string }{
		"messages":                     {messages, `{"type":"message","content":[],"usage":{"input_tokens":25,"cache_read_input_tokens":100,"cache_creation_input_tokens":7,"output_tokens":40}}`, "25 100 7 40 0"},
		"messages, usage first":        {messages, `{"usage":{"input_tokens":25,"output_tokens":40},"content":` + toolUses + `}`, "25 0 0 40 0"},
		"messages, a long answer":      {messages, `{"content":[{"type":"text","text":"` + long + fooling + long + `"}],"usage":{"input_tokens":25,"output_tokens":40}}`, "25 0 0 40 0"},
		"messages, stream":             {messages, start + text + delta("40") + stop, "25 100 7 40 0"},
		"the output is cumulative":     {messages, start + delta("10") + text + delta("25") + text + delta("40") + stop, "25 100 7 40 0"},
		"the input comes at the end":   {messages, strings.Replace(start, `"input_tokens":25`, `"input_tokens":0`, 1) + text + `data: {"type":"message_delta","delta":{},"usage":{"input_tokens":33,"cache_read_input_tokens":100,"output_tokens":40}}` + "\n\n", "33 100 7 40 0"},
		"messages, cut":                {messages, start + text, "25 100 7 1 0 ?"},
		"messages, cut in a line":      {messages, start + text + delta("40")[:60], "25 100 7 1 0 ?"},
		"messages, no end of the line": {messages, start + text + strings.TrimSpace(delta("40")), "25 100 7 40 0"},
		"messages, no usage":           {messages, `{"type":"message","content":[]}`, "0 0 0 0 0 ?"},
		"carriage returns":             {messages, strings.ReplaceAll(start+text+delta("40")+stop, "\n", "\r\n"), "25 100 7 40 0"},
		"an event of another kind":     {messages, start + `data: {"type":"ping","usage":{"output_tokens":999999}}` + "\n\n" + delta("40"), "25 100 7 40 0"},

		"chat":                       {chat, `{"object":"chat.completion","choices":[{"message":{"content":"word"}}],"usage":` + openAIUsage + `}`, "200 100 0 40 8"},
		"chat, stream with usage":    {chat, chunk + chunk + chatUsage(openAIUsage) + "data: [DONE]\n\n", "200 100 0 40 8"},
		"chat, stream without":       {chat, chunk + chunk + "data: [DONE]\n\n", "0 0 0 0 0 ?"},
		"chat, usage in each chunk":  {chat, chatUsage(`{"prompt_tokens":300,"completion_tokens":1}`) + chatUsage(`{"prompt_tokens":300,"completion_tokens":2}`) + chatUsage(openAIUsage) + "data: [DONE]\n\n", "200 100 0 40 8"},
		"chat, null in each chunk":   {chat, chatUsage("null") + chatUsage("null") + chatUsage(openAIUsage) + chatUsage("null"), "200 100 0 40 8"},
		"chat, usage is null":        {chat, `{"choices":[],"usage":null}`, "0 0 0 0 0 ?"},
		"reasoning on top":           {chat, `{"usage":{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}}`, "32 0 0 103 94"},
		"more cached than read":      {chat, `{"usage":{"prompt_tokens":30,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":50}}}`, "0 30 0 4 0"},
		"details are null":           {chat, `{"usage":{"prompt_tokens":30,"completion_tokens":4,"prompt_tokens_details":null,"completion_tokens_details":null}}`, "30 0 0 4 0"},
		"details are something else": {chat, `{"usage":{"prompt_tokens":30,"completion_tokens":4,"prompt_tokens_details":"none"}}`, "30 0 0 4 0 ?"},
		"embeddings":                 {embeddings, `{"object":"list","data":[{"embedding":[0.1,-2e-3]}],"usage":{"prompt_tokens":30,"total_tokens":30}}`, "30 0 0 0 0"},

		"responses":                      {responses, `{"id":"resp_1","object":"response","output":[],"usage":` + responsesUsage + `}`, "200 100 0 40 8"},
		"responses, stream":              {responses, finished("created", `"usage":null`) + finished("completed", `"usage":`+responsesUsage), "200 100 0 40 8"},
		"responses, incomplete":          {responses, finished("incomplete", `"usage":`+responsesUsage), "200 100 0 40 8"},
		"responses, one long line":       {responses, finished("created", `"usage":null`) + finished("completed", `"output":[{"text":"`+long+fooling+`"}],"usage":`+responsesUsage+`,"text":"`+long+`"`), "200 100 0 40 8"},
		"responses, cut in a long line":  {responses, finished("completed", `"output":[{"text":"`+long+`"}],"usage":`+responsesUsage)[:200<<10], "0 0 0 0 0 ?"},
		"responses, not over":            {responses, finished("in_progress", `"usage":`+responsesUsage), "0 0 0 0 0 ?"},
		"responses, a queued one":        {responses, `{"id":"resp_1","status":"queued","usage":null}`, "0 0 0 0 0 ?"},
		"usage of something within":      {responses, `{"id":"resp_1","output":[{"usage":` + responsesUsage + `}],"metadata":{"usage":` + responsesUsage + `}}`, "0 0 0 0 0 ?"},
		"a response within no stream":    {responses, `{"response":{"usage":` + responsesUsage + `}}`, "0 0 0 0 0 ?"},
		"after a line that is too long":  {responses, "data: {\"type\":\"x\",\"text\":\"" + long + "\"}\n\n" + finished("completed", `"usage":`+responsesUsage), "200 100 0 40 8"},
		"before a line that is too long": {chat, chatUsage(openAIUsage) + "data: {\"text\":\"" + long + "\"}\n\n", "200 100 0 40 8"},

		"usage in a text":         {messages, `{"content":[{"type":"text","text":"` + fooling + `"}]}`, "0 0 0 0 0 ?"},
		"usage in tool arguments": {messages, `{"content":` + toolUses + `}`, "0 0 0 0 0 ?"},
		"usage in a streamed text": {messages, start + `data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"` + fooling + `"}}` + "\n\n" +
			`data: {"type":"content_block_start","content_block":{"type":"tool_use","input":{"usage":{"output_tokens":999999}}}}` + "\n\n" + delta("40"), "25 100 7 40 0"},
		"two usages":             {messages, `{"usage":{"input_tokens":1,"output_tokens":2},"usage":{"input_tokens":25,"output_tokens":40}}`, "25 0 0 40 0"},
		"numbers in texts":       {messages, `{"usage":{"input_tokens":"25","output_tokens":"40"}}`, "25 0 0 40 0"},
		"texts that are none":    {messages, `{"usage":{"input_tokens":"25 or so","output_tokens":40}}`, "0 0 0 40 0 ?"},
		"negative":               {messages, `{"usage":{"input_tokens":25,"output_tokens":-40}}`, "25 0 0 0 0 ?"},
		"not a number":           {messages, `{"usage":{"input_tokens":NaN,"output_tokens":40}}`, "0 0 0 0 0 ?"},
		"not a number in a text": {messages, `{"usage":{"input_tokens":"NaN","output_tokens":"Infinity"}}`, "0 0 0 0 0 ?"},
		"huge":                   {messages, `{"usage":{"input_tokens":25,"output_tokens":1e300}}`, "25 0 0 0 0 ?"},
		"more than one answer":   {messages, `{"usage":{"input_tokens":25,"output_tokens":18446744073709551615}}`, "25 0 0 0 0 ?"},
		"with an exponent":       {messages, `{"usage":{"input_tokens":2.5e1,"output_tokens":40.0}}`, "25 0 0 40 0"},
		"half a token":           {messages, `{"usage":{"input_tokens":25,"output_tokens":0.5}}`, "25 0 0 0 0 ?"},
		"of another type":        {messages, `{"usage":{"input_tokens":[25],"output_tokens":{"n":40}}}`, "0 0 0 0 0 ?"},
		"a cut answer":           {messages, `{"content":[{"type":"text","text":"and th`, "0 0 0 0 0 ?"},
		"an empty answer":        {messages, ``, "0 0 0 0 0 ?"},
		"no JSON":                {messages, `usage: {"input_tokens":25}`, "0 0 0 0 0 ?"},
	} {
		for as, coding := range map[string]string{"": "", "gzip": "gzip", ", misnamed": "", "gzip, misnamed": "gzip"} {
			misnamed := strings.HasSuffix(as, "misnamed")
			t.Run(name+as, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
					isStream := strings.HasPrefix(c.body, "data:") || strings.HasPrefix(c.body, "event:")
					kind := "application/json"
					if isStream != misnamed {
						kind = "text/event-stream"
					}
					w.Header().Set("Content-Type", kind)
					if coding == "" {
						_, _ = io.WriteString(w, c.body)
						return
					}
					w.Header().Set("Content-Encoding", coding)
					z := gzip.NewWriter(w)
					_, _ = io.WriteString(z, c.body)
					_ = z.Close()
				})
				r.speak()
				if got := r.do(r.request(http.MethodPost, c.path, `{"model":"M2"}`)); got.status != http.StatusOK || got.body != c.body {
					t.Fatalf("%d, %d bytes of %d", got.status, len(got.body), len(c.body))
				}
				served := r.counts(1)
				if got := counted(served[0].Counts); got != c.want || served[0].Requests != 1 {
					t.Errorf("%s, want %s", got, c.want)
				}
			})
		}
	}
}

// speak makes the accounts speak every wire.
func (r *rig) speak() {
	for _, id := range []string{alpha, beta} {
		r.speaks(id, "minimax-oauth", "", oauth.AnthropicMessages, oauth.ChatCompletions, oauth.CodexResponses)
	}
}

// counts waits until the answers have ended on the proxy's side, too, and returns
// what was counted, n rows.
func (r *rig) counts(n int) []tally.Row {
	r.Helper()
	r.over()
	r.book.mu.Lock()
	defer r.book.mu.Unlock()
	if len(r.book.served) != n {
		r.Fatalf("%d times something was counted, want %d: %+v", len(r.book.served), n, r.book.served)
	}
	return r.book.served
}
