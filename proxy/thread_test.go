package proxy

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// talk is a proxy with a pool of API keys in front of the sandbox, which knows of
// each response whose it is.
type talk struct {
	*rig
	core   *core.Core
	portal *sandbox.Server
	ids    []string
}

func newTalk(t *testing.T, n int) *talk {
	t.Helper()
	portal := startPortal(t, 0)
	c := openCoreWith(t, t.TempDir(), "openai-api", portal.URL(), portal.URL()+"/v1")
	k := &talk{core: c, portal: portal}
	for i := range n {
		a, err := c.AddKey(t.Context(), core.KeyOptions{Provider: "openai-api", Label: fmt.Sprint("key", i)}, secret.New(fmt.Sprintf("sk-sandbox-key-number-%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		k.ids = append(k.ids, a.ID)
	}
	if _, err := c.SetStrategy(t.Context(), "openai-api", pool.RoundRobin); err != nil {
		t.Fatal(err)
	}
	k.rig = newRig(t, fine, func(o *Options) { o.Accounts = c })
	return k
}

// ask sends a request to a path and returns the answer, and which account gave it.
func (k *talk) ask(method, path, body string, header ...string) (r reply, account string) {
	k.Helper()
	k.log.mu.Lock()
	k.log.b.Reset()
	k.log.mu.Unlock()
	q := k.request(method, path, body)
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	r = k.do(q)
	for end := time.Now().Add(10 * time.Second); !strings.Contains(k.log.String(), "msg=request") && !strings.Contains(k.log.String(), "turned away"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) { // the line comes behind the answer
			k.Fatal("no line in the log")
		}
	}
	_, rest, _ := strings.Cut(k.log.String(), "msg=request")
	_, rest, _ = strings.Cut(rest, " account=")
	account, _, _ = strings.Cut(rest, " ")
	return r, account
}

// says is the answer to a Responses request, its name, and who gave it.
func (k *talk) says(more string, header ...string) (id, account string) {
	k.Helper()
	r, account := k.ask(http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"hello"`+more+`}`, header...)
	var made struct{ ID string }
	if r.status != http.StatusOK || json.Unmarshal([]byte(r.body), &made) != nil {
		k.Fatalf("%d %s", r.status, r.body)
	}
	return made.ID, account
}

func (k *talk) refuse(account string, code string) {
	k.Helper()
	r := core.Refusal{Status: http.StatusTooManyRequests, Code: code, Means: pool.Quota}
	if code == "token_revoked" {
		r = core.Refusal{Status: http.StatusUnauthorized, Code: code}
	}
	if err := k.core.Refused(context.Background(), account, r); err != nil {
		k.Fatal(err)
	}
}

// By whatever a program names its session, the conversation stays where it was
// served, also when others come between.
func TestThread_StaysWithItsAccount(t *testing.T) {
	for name, tc := range map[string]struct {
		header []string
		body   string
	}{
		"session-id":          {[]string{"session-id", "one"}, ""},
		"session_id":          {[]string{"session_id", "one"}, ""},
		"x-session-id":        {[]string{"x-session-id", "one"}, ""},
		"x-session-affinity":  {[]string{"x-session-affinity", "one"}, ""},
		"x-client-request-id": {[]string{"x-client-request-id", "one"}, ""},
		"prompt_cache_key":    {nil, `,"prompt_cache_key":"one"`},
		"the first counts":    {[]string{"x-session-id", "one"}, `,"prompt_cache_key":"RANDOM"`},
	} {
		k := newTalk(t, 3)
		_, home := k.says(tc.body, tc.header...)
		_, other := k.says("")
		if home == other {
			t.Fatalf("%s: without a session the same account serves twice in turn", name)
		}
		for i := range 4 {
			if _, got := k.says(strings.Replace(tc.body, "RANDOM", fmt.Sprint(i), 1), tc.header...); got != home {
				t.Errorf("%s: it moved from %s to %s", name, home, got)
			}
			k.says("")
		}
	}
}

// What cannot serve is left, and gone back to when it was only resting.
func TestThread_LeavesAndReturns(t *testing.T) {
	k := newTalk(t, 3)
	_, home := k.says(`,"prompt_cache_key":"one"`)
	k.refuse(home, "usage_limit_reached")
	_, standIn := k.says(`,"prompt_cache_key":"one","input":[{"type":"reasoning","encrypted_content":""},{"role":"user","content":"x"}]`)
	if !strings.Contains(k.log.String(), "encrypted reasoning goes to another account") {
		t.Errorf("no line tells it: %s", k.log.String())
	}
	for range 3 {
		if _, got := k.says(`,"prompt_cache_key":"one"`); got != standIn || got == home {
			t.Errorf("while %s rests %s serves, then %s", home, standIn, got)
		}
	}
	if err := k.core.ClearCooldown(context.Background(), home); err != nil {
		t.Fatal(err)
	}
	if _, got := k.says(`,"prompt_cache_key":"one"`); got != home {
		t.Errorf("%s serves again, and %s was asked", home, got)
	}
	k.refuse(home, "token_revoked")
	_, next := k.says(`,"prompt_cache_key":"one"`)
	for range 3 {
		if _, got := k.says(`,"prompt_cache_key":"one"`); got != next || got == home {
			t.Errorf("after %s was revoked %s serves, then %s", home, next, got)
		}
	}
	if got := k.core.Close(context.Background()); got != nil {
		t.Error(got)
	}
}

// What one account has made goes on with it and with no other.
func TestThread_PreviousResponse(t *testing.T) {
	k := newTalk(t, 2)
	for _, stream := range []string{"", `,"stream":true`} {
		r, home := k.ask(http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"call me`+stream[:min(1, len(stream))]+`"`+stream+`}`)
		_, rest, _ := strings.Cut(r.body, `"id":"resp_`)
		id, _, _ := strings.Cut(rest, `"`)
		id = "resp_" + id
		for range 3 {
			k.says("")
			if _, got := k.says(`,"previous_response_id":"` + id + `"`); got != home {
				t.Errorf("%s goes on with what %s made", got, home)
			}
		}
		if r, got := k.ask(http.MethodGet, "/openai/v1/responses/"+id, ""); r.status != http.StatusOK || got != home || !strings.Contains(r.body, id) {
			t.Errorf("asked for by its name: %s, %d %s", got, r.status, r.body)
		}
		k.refuse(home, "usage_limit_reached")
		lost := func(want int, code, method, path, body string) {
			t.Helper()
			if r, got := k.ask(method, path, body); r.status != want || failureOf(t, r.body).Error.Code != code {
				t.Errorf("%s %s %s: %s, %d %s", method, path, body, got, r.status, r.body)
			}
		}
		lost(400, codeNotFoundHere, http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x","previous_response_id":"`+id+`"}`)
		lost(429, "usage_limit_reached", http.MethodGet, "/openai/v1/responses/"+id, "")
		if err := k.core.ClearCooldown(context.Background(), home); err != nil {
			t.Fatal(err)
		}
		k.portal.SetFaults(sandbox.Fault{Name: "usage-limit", Count: 1}) // which it says to this very request
		lost(400, codeNotFoundHere, http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x","previous_response_id":"`+id+`"}`)
		if err := k.core.ClearCooldown(context.Background(), home); err != nil {
			t.Fatal(err)
		}
		lost(400, codeNotFoundHere, http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x","previous_response_id":"resp_unknown"}`)
		lost(400, codeNotFoundHere, http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x","conversation":{"id":"conv_unknown"}}`)
		lost(404, codeNotFoundHere, http.MethodGet, "/openai/v1/responses/resp_unknown", "")
		if r, got := k.ask(http.MethodDelete, "/openai/v1/responses/"+id, ""); r.status != http.StatusOK || got != home {
			t.Errorf("deleted: %s, %d %s", got, r.status, r.body)
		}
	}
}

// A response that is announced with its instructions and tools, however many, goes
// on with its account.
func TestThread_LongAnnouncement(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"instructions\":%q}}\n\n", strings.Repeat("x", 2*maxRefusal))
	})
	for _, id := range []string{alpha, beta} {
		r.speaks(id, "openai-api", "/v1", oauth.CodexResponses)
	}
	for _, more := range []string{"", `,"previous_response_id":"resp_1"`} {
		if got := r.do(r.request(http.MethodPost, "/openai/v1/responses", `{"model":"m","stream":true`+more+`}`)); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", more, got.status, got.body)
		}
	}
}

// In a pool of one the provider says itself what it does not know.
func TestThread_OnlyAccount(t *testing.T) {
	k := newTalk(t, 1)
	r, got := k.ask(http.MethodPost, "/openai/v1/responses", `{"model":"m","input":"x","previous_response_id":"resp_unknown"}`)
	if r.status != http.StatusBadRequest || got != k.ids[0] || !strings.Contains(r.body, "Previous response with id 'resp_unknown' not found.") {
		t.Errorf("%s: %d %s", got, r.status, r.body)
	}
}

// A key of this proxy reads nothing that another one's program has made.
func TestThread_AnotherKeysResponse(t *testing.T) {
	for _, n := range []int{1, 2} {
		k := newTalk(t, n)
		id, home := k.says("")
		k.server.owners = newOwners()
		k.server.owners.note(id, owner{home, "another"})
		for path, body := range map[string]string{
			"/openai/v1/responses":                      `{"model":"m","input":"x","previous_response_id":"` + id + `"}`,
			"/account/" + home + "/openai/v1/responses": `{"model":"m","input":"x","previous_response_id":"` + id + `"}`,
			"/openai/v1/responses/" + id + "/cancel":    "",
			"/account/" + home + "/codex/responses":     `{"previous_response_id":"` + id + `"}`,
		} {
			if r, got := k.ask(http.MethodPost, path, body); r.status != map[bool]int{true: 404, false: 400}[body == ""] || got != "" {
				t.Errorf("%s of %d: %q, %d %s", path, n, got, r.status, r.body)
			}
		}
	}
}

// So it does not however the name is spelt, and however often it is given: which one
// counts the provider alone knows.
func TestThread_AnotherKeysResponse_HoweverItIsSpelt(t *testing.T) {
	reached := 0
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) { reached++; fine(w, q) })
	for _, id := range []string{alpha, beta} {
		r.speaks(id, "openai-api", "/v1", oauth.CodexResponses)
	}
	theirs := "resp_" + strings.Repeat("0", 200)
	escaped := ""
	for _, c := range theirs {
		escaped += fmt.Sprintf(`\u%04x`, c)
	}
	r.server.owners.note(theirs, owner{alpha, "another"})
	r.server.owners.note("resp_mine", owner{alpha, testKey.ID})
	for body, want := range map[string]int{
		`{"previous_response_id":"resp_mine"}`:                                                                             200,
		`{"previous_response_id":"resp_mine","previous_response_id":"resp_mine"}`:                                          200,
		`{"input":[{"text":"\u00e9 \"previous_response_id\":\"` + theirs + `\""}]}`:                                        200,
		`{"conversation":null,"previous_response_id":null}`:                                                                200,
		`{"previous_response_id":"` + theirs + `"}`:                                                                        400,
		`{"previous_response_id":"` + escaped + `"}`:                                                                       400,
		`{"previous_response\u005fid":"` + theirs + `"}`:                                                                   400,
		`{"\u0070revious_response_id":"` + theirs + `"}`:                                                                   400,
		`{"Previous_Response_ID":"` + theirs + `"}`:                                                                        400,
		`{"previous_response_id":"` + theirs + `","previous_response_id":"resp_mine"}`:                                     400,
		`{"previous_response_id":"resp_mine","previous_response_id":"` + theirs + `"}`:                                     400,
		`{"previous_response_id":"` + theirs + `","previous_response\u005fid":null}`:                                       400,
		`{"conversation":"` + theirs + `"}`:                                                                                400,
		`{"c\u006fnversation":{"id":"` + theirs + `"}}`:                                                                    400,
		`{"conversation":{"\u0069d":"` + theirs + `"}}`:                                                                    400,
		`{"conversation":{"id":"` + theirs + `","id":"resp_mine"}}`:                                                        400,
		`{"conversation":"` + theirs + `","conversation":{"id":"resp_mine"}}`:                                              400,
		`{"conversation":{"id":"` + theirs + `"},"previous_response_id":"resp_mine"}`:                                      400,
		`{` + strings.Repeat(`"previous_response_id":"resp_mine",`, mostMade) + `"previous_response_id":"` + theirs + `"}`: 400,
	} {
		before := reached
		if got := r.do(r.request(http.MethodPost, "/openai/v1/responses", body)); got.status != want || (reached > before) != (want == 200) {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
}

func TestOwners_Bounded(t *testing.T) {
	o := newOwners()
	for i := range mostOwned + 10 {
		o.note(fmt.Sprint("a", i), owner{alpha, "one"})
		if i%100 == 0 {
			o.note(fmt.Sprint("b", i), owner{beta, "two"})
		}
		o.find("a0") // is named again and again
	}
	if n := o.clients["one"].order.Len(); n != mostOwned {
		t.Errorf("%d responses of one key are remembered", n)
	}
	if _, known := o.find("a1"); known {
		t.Error("the one that was not named for longest is remembered")
	}
	for _, id := range []string{"a0", "b0", fmt.Sprint("a", mostOwned+9)} {
		if _, known := o.find(id); !known {
			t.Errorf("%s is forgotten", id)
		}
	}
	o.note("a0", owner{beta, "two"})
	if got, _ := o.find("a0"); got.client != "one" {
		t.Errorf("a response changed its owner: %+v", got)
	}
}

// Keys come and go, and what was made with those that are gone is forgotten.
func TestOwners_KeysBounded(t *testing.T) {
	o := newOwners()
	for i := range 3 * mostClients {
		o.note(fmt.Sprint("a", i), owner{alpha, fmt.Sprint("job", i)})
		o.find("a0") // is in use all the time
	}
	if len(o.clients) != mostClients || len(o.known) != mostClients {
		t.Errorf("%d keys and %d responses are remembered", len(o.clients), len(o.known))
	}
	for id, want := range map[string]bool{"a0": true, "a1": false, fmt.Sprint("a", 2*mostClients): false, fmt.Sprint("a", 2*mostClients+1): true} {
		if _, known := o.find(id); known != want {
			t.Errorf("%s is remembered: %t", id, known)
		}
	}
}

// FuzzThread: whatever a body and a header say, nothing panics, and what is taken
// for a name is short.
func FuzzThread(f *testing.F) {
	f.Add(`{"prompt_cache_key":"a","conversation":{"id":"c"},"previous_response_id":"r"}`, "s")
	f.Add(`{"conversation":[{"id":1}],"prompt_cache_key":null}`, "")
	f.Fuzz(func(t *testing.T, body, header string) {
		n := namesIn([]byte(body))
		if len(n.made) > 2*mostMade+1 {
			t.Errorf("%d names", len(n.made))
		}
		for _, name := range append(n.made, n.session, sessionOf(http.Header{"Session-Id": {header}}), madeIn([]byte(body)), createdIn([]byte(body))) {
			if len(name) > mostName {
				t.Errorf("a name of %d bytes", len(name))
			}
		}
	})
}

// A text that is read without a decoder is what a decoder makes of it.
func TestPlainText(t *testing.T) {
	for _, value := range []string{`"resp_1"`, `""`, `"a b~"`, `"a\u0041"`, `"é"`, "\"\x00\"", `"`, ``, `1`, `"a"b"`, "\"\xff\""} {
		text, ok := plainText([]byte(value))
		var want string
		err := json.Unmarshal([]byte(value), &want)
		if ok && (err != nil || string(text) != want) {
			t.Errorf("%q became %q, not %q (%v)", value, text, want, err)
		}
	}
	if _, ok := plainText([]byte(`"resp_1"`)); !ok {
		t.Error("an ordinary name is not plain")
	}
}
