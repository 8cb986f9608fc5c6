package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	grok        = "b1a00492-073a-47ea-816f-4c329264a828"
	keyOne      = "sk-sandbox-one-0001"
	keyTwo      = "sk-sandbox-two-0002"
	weatherTool = `{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":["integer","null"]}},"required":["city"]}}`
)

// askAPI sends JSON with a token, or gets where there is none.
func (l *lab) askAPI(token, path, body string) reply {
	l.t.Helper()
	return l.do(l.formatRequest(token, path, body))
}

func (l *lab) formatRequest(token, path, body string) *http.Request {
	l.t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r := l.request(method, path, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// signInStandard signs in by RFC 8628.
func (l *lab) signInStandard(client string) (access, refresh string) {
	l.t.Helper()
	code := l.post("/oauth2/device/code", url.Values{"client_id": {client}})
	poll := url.Values{"grant_type": {grantDeviceCode}, "client_id": {client}, "device_code": {code.text("device_code")}}
	if r := l.post("/oauth2/token", poll); r.status != http.StatusBadRequest || r.text("error") != "authorization_pending" {
		l.t.Fatalf("before the approval: %d %s", r.status, r.body)
	}
	if err := l.Approve(code.text("user_code")); err != nil {
		l.t.Fatal(err)
	}
	wrong := url.Values{"grant_type": {grantDeviceCode}, "client_id": {client}, "device_code": {code.text("user_code") + ".guess"}}
	if r := l.post("/oauth2/token", wrong); r.text("error") != "invalid_grant" {
		l.t.Fatalf("a device code that was guessed: %d %s", r.status, r.body)
	}
	r := l.post("/oauth2/token", poll)
	if r.status != http.StatusOK || r.json["expires_in"] != 90.0 {
		l.t.Fatalf("signing in: %d %s", r.status, r.body)
	}
	return r.text("access_token"), r.text("refresh_token")
}

func TestStandard_SignInAndRefresh(t *testing.T) {
	for _, client := range []string{grok, "sandbox"} {
		l := newLab(t, Options{})
		if d := l.get("/.well-known/openid-configuration"); d.text("token_endpoint") != l.URL()+"/oauth2/token" {
			t.Errorf("discovery: %s", d.body)
		}
		access, refresh := l.signInStandard(client)
		form := url.Values{"grant_type": {"refresh_token"}, "client_id": {client}, "refresh_token": {refresh}}
		next := l.post("/oauth2/token", form)
		if next.status != http.StatusOK || next.text("access_token") == access || next.text("refresh_token") == refresh || !l.IsLive(next.text("access_token")) {
			t.Errorf("refreshing: %d %s", next.status, next.body)
		}
		if again := l.post("/oauth2/token", form); again.status != http.StatusBadRequest || again.text("error") != "refresh_token_reused" || l.IsLive(next.text("access_token")) {
			t.Errorf("a spent one: %d %s", again.status, again.body)
		}
	}
}

// Each format: JSON and a stream, with a text, a tool call and what follows it.
func TestFormats_ToolLoop(t *testing.T) {
	l := newLab(t, Options{})
	chatTool := `{"type":"function","function":` + strings.Replace(weatherTool, `"type":"function",`, "", 1) + `}`
	chat := func(stream, messages string) string {
		return `{"model":"sandbox-1","stream":` + stream + `,"stream_options":{"include_usage":true},"tools":[` + chatTool + `],"messages":[` + messages + `]}`
	}
	responses := func(stream, items string) string {
		return `{"model":"sandbox-1","stream":` + stream + `,"tools":[` + weatherTool + `],"input":[` + items + `]}`
	}
	ask := `{"role":"user","content":"please call weather with {\"city\":\"Rome\"}"}`
	chatCall := `{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"sunny"}`
	call := `{"type":"function_call","call_id":"call_1","name":"weather","arguments":"{}"},{"type":"function_call_output","call_id":"call_1","output":"sunny"}`
	for name, tc := range map[string]struct {
		path, body string
		has        []string
	}{
		"chat":             {"/v1/chat/completions", chat("false", ask), []string{`"finish_reason":"tool_calls"`, `"arguments":"{\"city\":\"Rome\"}"`, `"prompt_tokens":`, `"content":null`}},
		"chat, answered":   {"/v1/chat/completions", chat("false", ask+","+chatCall), []string{`"content":"The tool answered: sunny"`, `"finish_reason":"stop"`}},
		"chat, stream":     {"/v1/chat/completions", chat("true", ask), []string{`"name":"weather"`, `"finish_reason":"tool_calls"`, `"choices":[],`, "data: [DONE]\n\n"}},
		"chat, text":       {"/v1/chat/completions", chat("true", `{"role":"user","content":[{"type":"text","text":"hello you"}]}`), []string{`"content":"hello "`, `"content":"you"`}},
		"responses":        {"/v1/responses", responses("false", ask), []string{`"type":"function_call"`, `"name":"weather"`, `"status":"completed"`, `"input_tokens_details":{"cached_tokens":0}`}},
		"responses, after": {"/v1/responses", responses("false", ask+","+call), []string{`"text":"The tool answered: sunny"`}},
		"responses, stream": {"/v1/responses", responses("true", ask), []string{
			"event: response.created\ndata: {", "event: response.function_call_arguments.delta\n", "event: response.output_item.done\n", "event: response.completed\n", `"sequence_number":0`,
		}},
		"responses, text":   {"/v1/responses", `{"model":"sandbox-1","stream":true,"input":"hello you"}`, []string{`"delta":"hello "`, "event: response.output_text.done\n", "event: response.content_part.done\n"}},
		"responses, sealed": {"/v1/responses", `{"model":"sandbox-1","include":["reasoning.encrypted_content"],"input":"x"}`, []string{`"type":"reasoning"`, `"encrypted_content":"sandbox-sealed-key-`}},
		"completions":       {"/v1/completions", `{"model":"sandbox-1","prompt":"x"}`, []string{`"text":"The sandbox read: x"`}},
		"embeddings":        {"/v1/embeddings", `{"model":"e","input":"x"}`, []string{`"embedding":[`}},
		"compact":           {"/v1/responses/compact", `{"model":"sandbox-1","input":"x"}`, []string{`"type":"compaction"`}},
		"codex": {"/backend-api/codex/responses", `{"model":"sandbox-1","instructions":"x","store":false,"stream":true,"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}]}`,
			[]string{"event: response.completed\n", `"text":"The sandbox read: hello"`}},
	} {
		got := l.askAPI(keyOne, tc.path, tc.body)
		for _, has := range tc.has {
			if got.status != http.StatusOK || !strings.Contains(got.body, has) {
				t.Errorf("%s lacks %q: %d %s", name, has, got.status, got.body)
			}
		}
		if again := l.askAPI(keyOne, tc.path, tc.body); again.body != got.body {
			t.Errorf("%s: the same request got other bytes", name)
		}
	}
	if got := l.Stats().OpenAI; got.Total != 26 || got.Outcomes[Served] != 26 {
		t.Errorf("counted %+v", got)
	}
}

// What an account has made is known to that account alone.
func TestFormats_StoredIsTheAccountsOwn(t *testing.T) {
	l := newLab(t, Options{})
	first := l.askAPI(keyOne, "/v1/responses", `{"model":"m","input":"call weather","tools":[`+weatherTool+`]}`)
	id := first.text("id")
	call := strings.Replace(id, "resp_", "call_", 1)
	follow := `{"model":"m","previous_response_id":"` + id + `","input":[{"type":"function_call_output","call_id":"` + call + `","output":"sunny"}]}`
	if got := l.askAPI(keyOne, "/v1/responses", follow); got.status != http.StatusOK || !strings.Contains(got.body, "The tool answered: sunny") || got.text("previous_response_id") != id {
		t.Errorf("its own: %d %s", got.status, got.body)
	}
	if got := l.askAPI(keyTwo, "/v1/responses", follow); got.status != http.StatusBadRequest || !strings.Contains(got.body, `"code":"previous_response_not_found"`) {
		t.Errorf("another's: %d %s", got.status, got.body)
	}
	if own, other := l.askAPI(keyOne, "/v1/responses/"+id, ""), l.askAPI(keyTwo, "/v1/responses/"+id, ""); own.text("id") != id || other.status != http.StatusNotFound {
		t.Errorf("asked for by its name: %d and %d", own.status, other.status)
	}
	unkept := l.askAPI(keyOne, "/v1/responses", `{"model":"m","store":false,"input":"x"}`).text("id")
	if got := l.askAPI(keyOne, "/v1/responses/"+unkept, ""); got.status != http.StatusNotFound {
		t.Errorf("one that is not stored: %d", got.status)
	}
	sealed := `{"model":"m","input":[{"type":"reasoning","encrypted_content":"sandbox-sealed-somebody-1"},{"role":"user","content":"x"}]}`
	if got := l.askAPI(keyOne, "/v1/responses", sealed); got.status != http.StatusBadRequest || !strings.Contains(got.body, "invalid_encrypted_content") {
		t.Errorf("another's reasoning: %d %s", got.status, got.body)
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n{}\r\n--b--\r\n"
	r := l.request(http.MethodPost, "/v1/files", form)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	r.Header.Set("Authorization", "Bearer "+keyOne)
	file := l.do(r)
	if got := l.askAPI(keyOne, "/v1/files/"+file.text("id")+"/content", ""); got.body != "{}" {
		t.Errorf("its own file: %s, then %d %s", file.body, got.status, got.body)
	}
	if got := l.askAPI(keyTwo, "/v1/files/"+file.text("id"), ""); got.status != http.StatusNotFound {
		t.Errorf("another's file: %d", got.status)
	}
}

// Each provider refuses in its own words.
func TestFormats_Refusals(t *testing.T) {
	l := newLab(t, Options{RetryAfter: 5 * time.Second})
	access, _ := l.signInStandard(grok)
	codex := `{"model":"m","instructions":"x","stream":true,"store":false,"input":"x"`
	for name, tc := range map[string]struct {
		token, path, body string
		status            int
		has               string
	}{
		"OpenAI's token":            {"x", "/v1/models", "", 401, `"code":"invalid_api_key"`},
		"xAI's token":               {access + "x", "/v1/models", "", 403, `{"code":"unauthenticated:bad-credentials","error":"`},
		"Codex's token":             {"x", "/backend-api/codex/models?client_version=1", "", 401, `"code":"token_expired"`},
		"OpenRouter's token":        {"sk-or-sandbox-", "/v1/models", "", 401, `{"error":{"code":401,"message":"User not found."}}`},
		"OpenRouter stores nothing": {"sk-or-sandbox-1", "/v1/responses", `{"model":"m","input":"x","previous_response_id":"resp_1"}`, 400, `{"error":{"code":400,`},
		"xAI's path":                {access, "/v1/nothing", "", 404, `{"code":"unknown_url"`},
		"no model":                  {keyOne, "/v1/chat/completions", `{"model":"no-such-1","messages":[{"role":"user","content":"x"}]}`, 404, `"code":"model_not_found"`},
		"a tool nobody called":      {keyOne, "/v1/chat/completions", `{"model":"m","messages":[{"role":"tool","tool_call_id":"c","content":"x"}]}`, 400, "preceeding message with 'tool_calls'"}, //nolint:misspell // as OpenAI spells it
		"an output of none":         {keyOne, "/v1/responses", `{"model":"m","input":[{"type":"function_call_output","call_id":"c1","output":"x"}]}`, 400, "No tool call found for function call output with call_id c1."},
		"Codex stores":              {keyOne, "/backend-api/codex/responses", `{"model":"m","instructions":"x","stream":true,"input":"x"}`, 400, `{"detail":"Store must be set to false"}`},
		"Codex streams":             {keyOne, "/backend-api/codex/responses", `{"model":"m","instructions":"x","store":false,"input":"x"}`, 400, `{"detail":"Stream must be set to true"}`},
		"Codex, tokens":             {keyOne, "/backend-api/codex/responses", codex + `,"max_output_tokens":9}`, 400, `{"detail":"Unsupported parameter: max_output_tokens"}`},
		"Codex, previous":           {keyOne, "/backend-api/codex/responses", codex + `,"previous_response_id":"resp_1"}`, 400, `{"detail":"Unsupported parameter: previous_response_id"}`},
		"Codex's model":             {keyOne, "/backend-api/codex/responses", strings.Replace(codex, `"m"`, `"no-such-m"`, 1) + `}`, 400, "is not supported when using Codex with a ChatGPT account."},
	} {
		if got := l.askAPI(tc.token, tc.path, tc.body); got.status != tc.status || !strings.Contains(got.body, tc.has) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestFormats_Faults(t *testing.T) {
	l := newLab(t, Options{RetryAfter: 5 * time.Second})
	body := `{"model":"m","stream":true,"input":"a b c d"}`
	for fault, want := range map[string]struct {
		status int
		has    string
	}{
		"usage-limit":        {429, `"resets_at":1779271877,"resets_in_seconds":5,"type":"usage_limit_reached"`},
		"usage-limit-early":  {200, "event: error\ndata: {\"error\":{\"message\":\"The usage limit has been reached\""},
		"usage-limit-late":   {200, "event: response.failed\n"},
		"usage-not-included": {429, `"type":"usage_not_included"`},
		"rate-limit":         {429, "Please try again in 5s."},
		"insufficient-quota": {429, `"code":"insufficient_quota"`},
		"overloaded":         {503, `"code":"server_is_overloaded"`},
		"model-not-found":    {404, `"code":"model_not_found"`},
		"context":            {400, `"code":"context_length_exceeded"`},
		"encrypted-content":  {400, `"code":"invalid_encrypted_content"`},
		"bad-credentials":    {403, `"code":"unauthenticated:bad-credentials"`},
		"free-usage":         {429, `"code":"subscription:free-usage-exhausted"`},
		"permission-denied":  {403, `"code":"permission-denied"`},
		"credits":            {402, `"error":{"code":402,`},
		"moderation":         {403, `"reasons":["violence"]`},
		"hourly-limit":       {429, `"code":"rate_limit_exceeded"`},
		"firewall":           {403, "<title>Attention Required! | Cloudflare</title>"},
		"401":                {401, `"code":"invalid_api_key"`},
		"402":                {402, `"code":"insufficient_quota"`},
		"429@openai":         {429, `"code":"rate_limit_exceeded"`},
		"529":                {503, `"code":"server_is_overloaded"`},
		"503@openai":         {503, "down for a moment"},
		"stream-error":       {200, "event: error\ndata: {\"code\":\"server_error\""},
		"html@openai":        {502, "502 Bad Gateway"},
	} {
		f, err := ParseFault(fault + ":1")
		if err != nil {
			t.Fatal(err)
		}
		l.SetFaults(f)
		if got := l.askAPI(keyOne, "/v1/responses", body); got.status != want.status || !strings.Contains(got.body, want.has) {
			t.Errorf("%s: %d %v %s", fault, got.status, got.header, got.body)
		}
		if got := l.askAPI(keyOne, "/v1/responses", body); got.status != http.StatusOK || !strings.Contains(got.body, "response.completed") {
			t.Errorf("after %s: %d %s", fault, got.status, got.body)
		}
	}
	l.SetFaults(Fault{Name: "usage-limit", Count: 1})
	access, _ := l.signIn()
	if got := l.askAPI(access, "/anthropic/v1/messages", `{"model":"MiniMax-M2.7","max_tokens":9,"messages":[{"role":"user","content":"x"}]}`); got.status != http.StatusOK {
		t.Errorf("Anthropic Messages meets a fault of another format: %d %s", got.status, got.body)
	}
}

// A fault that strikes inside a stream takes the place of an answer that is none.
func TestFormats_FaultsWithoutAStream(t *testing.T) {
	l := newLab(t, Options{RetryAfter: 5 * time.Second})
	for path, body := range map[string]string{
		"/v1/chat/completions":  `{"model":"m","messages":[{"role":"user","content":"x"}]}`,
		"/v1/responses":         `{"model":"m","input":"x"}`,
		"/v1/responses/compact": `{"model":"m","input":"x"}`,
		"/v1/completions":       `{"model":"m","prompt":"x"}`,
		"/v1/embeddings":        `{"model":"m","input":"x"}`,
	} {
		for fault, want := range map[string]struct {
			status int
			has    string
		}{
			"stream-error":      {503, `"code":"server_is_overloaded"`},
			"usage-limit-early": {429, `"type":"usage_limit_reached"`},
			"usage-limit-late":  {429, `"type":"usage_limit_reached"`},
		} {
			l.SetFaults(Fault{Name: fault, Count: 1})
			if got := l.askAPI(keyOne, path, body); got.status != want.status || !strings.Contains(got.body, want.has) {
				t.Errorf("%s at %s: %d %s", fault, path, got.status, got.body)
			}
		}
		l.SetFaults(Fault{Name: "cut", On: "openai", Count: 1})
		res, err := l.http.Do(l.formatRequest(keyOne, path, body))
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK || len(part) == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut at %s: %d %q %v", path, res.StatusCode, part, err)
		}
		if got := l.askAPI(keyOne, path, body); got.status != http.StatusOK || !json.Valid([]byte(got.body)) {
			t.Errorf("%s after that: %d %s", path, got.status, got.body)
		}
	}
}

// A plan that is spent is told in the provider's own words, too.
func TestFormats_Plan(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signInStandard(grok)
	if err := l.UsePlan(l.Grants()[0].ID, 100); err != nil {
		t.Fatal(err)
	}
	if got := l.askAPI(access, "/v1/responses", `{"model":"m","input":"x"}`); got.status != http.StatusTooManyRequests || !strings.Contains(got.body, "subscription:free-usage-exhausted") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// FuzzFormats: whatever a request says, the answer is JSON or a stream that ends,
// and nothing fails.
func FuzzFormats(f *testing.F) {
	for _, body := range []string{
		`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"call t"}]}],"tools":[{"type":"function","function":{"name":"t","parameters":{"required":["a"]}}}]}`,
		`{"model":"m","stream":true,"input":[{"type":"reasoning","encrypted_content":"x"},{"role":"user","content":null}],"tool_choice":{"type":"function","name":"t"}}`,
		`{"model":"m","input":"x","previous_response_id":"resp_1","max_output_tokens":-1}`, `[]`, ``, `{"model":1}`,
	} {
		f.Add(true, body)
		f.Add(false, body)
	}
	f.Fuzz(func(t *testing.T, chat bool, body string) {
		path := map[bool]string{true: "/v1/chat/completions", false: "/v1/responses"}[chat]
		r := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader(body))
		r.Host = "localhost"
		r.Header.Set("Authorization", "Bearer "+keyOne)
		w := httptest.NewRecorder()
		New(Options{Now: func() time.Time { return start }}).Handler().ServeHTTP(w, r)
		stream := strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
		if w.Code >= 500 || !stream && !json.Valid(w.Body.Bytes()) || stream && !strings.HasSuffix(w.Body.String(), "\n\n") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
