package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// door is keys that a test changes.
type door struct {
	mu   sync.Mutex
	key  clientkey.Key
	shut error
}

func (d *door) Opens(ctx context.Context, shown []string, at glance.Mark) (clientkey.Key, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut != nil {
		return clientkey.Key{}, d.shut
	}
	return clientkey.One{Key: d.key}.Opens(ctx, shown, at)
}

func (d *door) Still(context.Context, clientkey.Key) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shut
}

func (d *door) close(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = err
}

// bound is a key like that of the tests that opens less.
func bound(change func(*clientkey.Key)) clientkey.Key {
	k := testKey
	k.Allow = []clientkey.Right{clientkey.Proxy}
	change(&k)
	return k
}

// A key opens what it was made for, whatever the path says and whatever the proxy
// was started for.
func TestClient_OpensWhatItIsFor(t *testing.T) {
	const here, ofAlpha, ofBeta, ofPool = "/anthropic", "/account/" + alpha + "/anthropic", "/account/" + beta + "/anthropic", "/pool/minimax-oauth/global/anthropic"
	toAlpha := bound(func(k *clientkey.Key) { k.Account = alpha })
	toBeta := bound(func(k *clientkey.Key) { k.Account = beta })
	toPool := bound(func(k *clientkey.Key) { k.Pool = poolName })
	toOther := bound(func(k *clientkey.Key) { k.Pool = "xai-oauth/global" })
	toGone := bound(func(k *clientkey.Key) { k.Account = "c3c3c3c3c3" })
	for _, tc := range []struct {
		key      clientkey.Key
		started  string // for whom the proxy was started
		path     string
		want     int
		answered string
	}{
		{testKey, "", here, 200, alpha}, {testKey, "", ofBeta, 200, beta},
		{toBeta, "", here, 200, beta}, {toBeta, "", ofBeta, 200, beta}, {toBeta, "", ofAlpha, 403, ""}, {toBeta, "", ofPool, 403, ""},
		{toPool, "", here, 200, alpha}, {toPool, "", ofPool, 200, alpha}, {toPool, "", ofBeta, 200, beta},
		{toOther, "", here, 404, ""}, {toOther, "", ofPool, 403, ""}, {toOther, "", ofAlpha, 403, ""},
		{toGone, "", here, 404, ""}, {toGone, "", ofAlpha, 403, ""}, {toGone, "", "/account/c3c3c3c3c3/anthropic", 404, ""},
		{toBeta, poolName, here, 200, beta}, {toBeta, beta, here, 200, beta}, {toBeta, alpha, here, 403, ""},
		{toPool, alpha, here, 200, alpha}, {toOther, alpha, here, 403, ""}, {toAlpha, beta, ofAlpha, 404, ""},
		{bound(func(k *clientkey.Key) { k.Allow = []clientkey.Right{clientkey.Tokens} }), "", here, 403, ""},
		{bound(func(k *clientkey.Key) { k.Allow = nil }), "", here, 403, ""},
	} {
		var who string
		r := newRig(t, func(w http.ResponseWriter, q *http.Request) { who, _ = accountOf(q); fine(w, q) }, func(o *Options) {
			o.Keys, o.Default, o.Confined = clientkey.One{Key: tc.key}, tc.started, tc.started != ""
		})
		got := r.do(r.request(http.MethodPost, tc.path+"/v1/messages", `{"model":"M2"}`))
		if got.status != tc.want || who != tc.answered {
			t.Errorf("key for %q at %q of a proxy for %q: %d by %q, want %d by %q; %s", tc.key.Bound(), tc.path, tc.started, got.status, who, tc.want, tc.answered, got.body)
		}
		if got.status == 403 && (!strings.Contains(got.body, `"permission_error"`) || !strings.Contains(got.body, "the key test") || got.header.Get("X-Should-Retry") != "false") {
			t.Errorf("%s", got.body)
		}
	}
}

// A key for some models asks for no other, however the request spells it.
func TestClient_AsksForItsModels(t *testing.T) {
	asked := 0
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) { asked++; fine(w, q) }, func(o *Options) {
		o.Keys = clientkey.One{Key: bound(func(k *clientkey.Key) { k.Model = "MiniMax-M2*" })}
	})
	for body, want := range map[string]int{
		`{"model":"MiniMax-M2"}`: 200, `{"model":"MiniMax-M2.7","messages":[{"model":"other"}]}`: 200, "{\n \"stream\": true, \"model\" : \"MiniMax-M2.7-highspeed\"}": 200,
		`{"model":"MiniMax-M\u0032"}`: 200, `{"model":"MiniMax-M2","models":["MiniMax-M2.5"]}`: 200,
		`{"model":"MiniMax-M1"}`: 403, `{"model":"minimax-m2"}`: 403, `{"model":""}`: 403, `{}`: 403, ``: 403, `[]`: 403, `"MiniMax-M2"`: 403, `{"model":null}`: 403, `{"model":["MiniMax-M2"]}`: 403,
		`{"model":"MiniMax-M2","model":"gpt-5"}`: 403, `{"model":"gpt-5","model":"MiniMax-M2"}`: 403, `{"model":"MiniMax-M2","Model":"gpt-5"}`: 403, `{"model":"MiniMax-M2","MODEL":"gpt-5"}`: 403,
		`{"model":"MiniMax-M2","mod\u0065l":"gpt-5"}`: 403, `{"model":"MiniMax-M2","models":["gpt-5"]}`: 403, `{"model":"MiniMax-M2","models":"gpt-5"}`: 403,
		`{"model":"MiniMax-M2"}{"model":"gpt-5"}`: 403, `{"model":"MiniMax-M2"`: 403, `{"model":"MiniMax-M2"} x`: 403, "\xef\xbb\xbf" + `{"model":"MiniMax-M2"}`: 403, "\x28\xb5\x2f\xfd zstd": 403,
	} {
		before := asked
		got := r.do(r.request(http.MethodPost, "/anthropic/v1/messages", body))
		if got.status != want || (asked > before) != (want == 200) {
			t.Errorf("%q: %d, sent on: %t", body, got.status, asked > before)
		}
	}
	if got := r.do(r.request(http.MethodGet, "/anthropic/v1/models", "")); got.status != 200 {
		t.Errorf("the list of models: %d", got.status)
	}
}

// The codes are those that programs of the OpenAI kind read.
func TestClient_Codes(t *testing.T) {
	d := &door{key: bound(func(k *clientkey.Key) { k.Account = beta })}
	r := newRig(t, fine, func(o *Options) { o.Keys = d })
	ask := func() string {
		got := r.do(r.request(http.MethodPost, "/account/"+alpha+"/openai/v1/responses", `{}`))
		return fmt.Sprint(got.status, " ", got.body)
	}
	if got := ask(); !strings.HasPrefix(got, "403 ") || !strings.Contains(got, `"code":"key_not_allowed"`) {
		t.Error(got)
	}
	over := testKey
	over.ExpiresAt = time.Now().Add(-time.Minute)
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"revoked": {clientkey.NotKnown(), "401 "}, "expired": {over.Over(time.Now()), "401 "},
		"default revoked": {&autherr.Error{Kind: autherr.Usage, Code: autherr.CodeKeyRevoked, Message: "revoked"}, "401 "},
	} {
		d.close(tc.err)
		if got := ask(); !strings.HasPrefix(got, tc.want) || !strings.Contains(got, `"code":"invalid_api_key"`) {
			t.Errorf("%s: %s", name, got)
		}
	}
	d.close(&autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeKeystoreLocked, Message: "locked"})
	if got := ask(); !strings.HasPrefix(got, "400 ") || !strings.Contains(got, `"code":"keystore_locked"`) {
		t.Error(got)
	}
}

// A key that is bound to some accounts is not told about the others.
func TestClient_Metrics(t *testing.T) {
	for name, tc := range map[string]struct {
		key  clientkey.Key
		want int
	}{
		"unbound": {testKey, 200},
		"bound":   {bound(func(k *clientkey.Key) { k.Account = alpha }), 403},
		"pool":    {bound(func(k *clientkey.Key) { k.Pool = poolName }), 403},
		"models":  {bound(func(k *clientkey.Key) { k.Model = "M2" }), 403},
		"tokens":  {forTokens(func(*clientkey.Key) {}), 403},
		"nothing": {bound(func(k *clientkey.Key) { k.Allow = nil }), 403},
	} {
		r := newRig(t, fine, func(o *Options) { o.Keys = clientkey.One{Key: tc.key} })
		if got := r.do(r.request(http.MethodGet, "/metrics", "")); got.status != tc.want || tc.want == 403 && !strings.Contains(got.body, "not for /metrics") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// A key for some models uses nothing that an account keeps: which model a batch
// asks for, a file says.
func TestClient_ModelsAndWhatAnAccountKeeps(t *testing.T) {
	reached := 0
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) { reached++; fine(w, q) }, func(o *Options) {
		o.Keys = clientkey.One{Key: bound(func(k *clientkey.Key) { k.Model = "M2" })}
	})
	r.speaks(alpha, "openai-api", "/v1", oauth.ChatCompletions, oauth.CodexResponses)
	for request, body := range map[string]string{
		"POST /files":          "--x\r\n\r\nnone\r\n--x--",
		"POST /batches":        `{"model":"M2","input_file_id":"file-1","endpoint":"/v1/responses"}`,
		"GET /files/file-1":    "",
		"DELETE /files/file-1": "",
		"POST /conversations":  `{}`,
		"POST /vector_stores":  `{"name":"x"}`,
	} {
		method, path, _ := strings.Cut(request, " ")
		got := r.do(r.request(method, "/account/"+alpha+"/openai/v1"+path, body))
		if f := failureOf(t, got.body); got.status != 403 || f.Error.Code != "key_not_allowed" || !strings.Contains(f.Error.Message, "files, batches, vector stores") {
			t.Errorf("%s: %d %s", request, got.status, got.body)
		}
	}
	if got := r.do(r.request(http.MethodPost, "/account/"+alpha+"/openai/v1/chat/completions", `{"model":"M2"}`)); got.status != 200 || reached != 1 {
		t.Errorf("its model: %d %s, %d were sent on", got.status, got.body, reached)
	}
}

// The name of the key stands in the log, of what was served and of what was not.
func TestClient_IsNamed(t *testing.T) {
	r := newRig(t, fine)
	r.works()
	r.do(r.request(http.MethodGet, "/nothing", ""))
	if log := r.log.String(); !strings.Contains(log, "key=test") || strings.Count(log, "key=test") != 2 || strings.Contains(log, localKey) {
		t.Errorf("the log says\n%s", log)
	}
	got := r.do(r.request(http.MethodGet, "/metrics", ""))
	if !strings.Contains(got.body, `hermes_tui_proxy_key_requests_total{key="test",status="200"} 1`) {
		t.Errorf("%s", got.body)
	}
}

// A key that opens no more ends the answers that it was given, the stream as well
// as the one that has not begun; one that a locked keystore hides does not.
func TestClient_CutsWhatIsUnderWay(t *testing.T) {
	d, now := &door{key: testKey}, clock.NewFake(time.Now())
	begun, goOn := make(chan struct{}, 8), make(chan struct{})
	defer close(goOn)
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("X-Quiet") == "" {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "event: message_start\ndata: {\"type\":\"message_start\"}\n\n")
			_ = http.NewResponseController(w).Flush()
		}
		begun <- struct{}{}
		select {
		case <-goOn:
		case <-q.Context().Done():
		}
	}, func(o *Options) { o.Keys, o.Clock = d, now })
	stream, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"M2","stream":true}`))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if _, err := stream.Body.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	<-begun
	quiet := make(chan reply, 1)
	go func() {
		q := r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"M2"}`)
		q.Header.Set("X-Quiet", "1")
		quiet <- r.do(q)
	}()
	<-begun
	d.close(&autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeKeystoreLocked, Message: "locked"})
	r.server.lookAtKeys(t.Context())
	if n := len(r.server.guests.here()); n != 1 {
		t.Fatalf("a locked keystore cuts answers: %d keys are here", n)
	}
	d.close(clientkey.NotKnown())
	r.server.lookAtKeys(t.Context())
	if got := <-quiet; got.status != 401 || !strings.Contains(got.body, "revoked") {
		t.Errorf("the answer that had not begun: %+v", got)
	}
	if rest, err := io.ReadAll(stream.Body); err == nil {
		t.Errorf("the stream ends as if it were whole: %q", rest)
	}
	if !strings.Contains(r.log.String(), "answers are cut") {
		t.Errorf("%s", r.log.String())
	}
}

// What is cut is told once, however long its program takes to notice.
func TestClient_CutsOnce(t *testing.T) {
	d := &door{key: testKey}
	r := newRig(t, fine, func(o *Options) { o.Keys = d })
	one := &guest{}
	ctx := r.server.guests.enter(t.Context(), one, testKey)
	leave := func() { r.server.guests.end(one, nil) }
	d.close(clientkey.NotKnown())
	for range 3 {
		r.server.lookAtKeys(t.Context())
	}
	if n := strings.Count(r.log.String(), "answers are cut"); n != 1 || ctx.Err() == nil {
		t.Errorf("%d lines, cut: %v", n, ctx.Err())
	}
	leave()
	var why *answer
	if !errors.As(context.Cause(ctx), &why) || why.status != http.StatusUnauthorized {
		t.Errorf("the reason is %v", context.Cause(ctx))
	}
}

// Who is under way is forgotten when the answer has ended.
func TestClient_LeavesNothing(t *testing.T) {
	r := newRig(t, fine)
	for range 20 {
		r.works()
	}
	r.end()
	<-r.ended
	if n := len(r.server.guests.all); n != 0 {
		t.Errorf("%d requests are still noted", n)
	}
}

func FuzzAllModels(f *testing.F) {
	f.Add([]byte(`{"model":"a","models":["b"],"x":{"model":"c"}}`))
	f.Add([]byte(`{"Model":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		models, ok := allModels(body)
		if ok && len(models) == 0 {
			t.Error("nothing is not a model")
		}
		if first := modelOf(body); ok && first != "" && !slices.ContainsFunc(models, func(m string) bool { return m == first || secret.Clean(m, maxModel) == first }) {
			t.Errorf("%q is asked for, and %q are looked at", first, models)
		}
	})
}
