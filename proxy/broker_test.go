package proxy

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// forTokens is a key that may be given tokens.
func forTokens(change func(*clientkey.Key)) clientkey.Key {
	return bound(func(k *clientkey.Key) {
		k.Allow = []clientkey.Right{clientkey.Tokens}
		change(k)
	})
}

func brokerRig(t testing.TB, key clientkey.Key, more ...func(*Options)) *rig {
	t.Helper()
	return newRig(t, fine, append([]func(*Options){func(o *Options) { o.Keys, o.Broker = clientkey.One{Key: key}, true }}, more...)...)
}

// askedFor asks the broker.
func (r *rig) askedFor(body string) (got reply, c credentials) {
	r.Helper()
	got = r.do(r.request(http.MethodPost, brokerPath, body))
	if got.status == http.StatusOK {
		if err := json.Unmarshal([]byte(got.body), &c); err != nil {
			r.Fatal(err)
		}
	}
	return got, c
}

// A program is given the token that there is, the same one again, and a newer one
// when the API has refused what it has: once for each that was refused.
func TestBroker(t *testing.T) {
	r := brokerRig(t, forTokens(func(*clientkey.Key) {}))
	const ask, forced = `{"provider":"` + poolName + `","credential_id":"` + alpha + `","subject":"me"}`, `{"credential_id":"` + alpha + `","force":true}`
	for i, step := range []struct {
		body string
		gen  uint64
	}{{ask, 1}, {ask, 1}, {forced, 2}, {ask, 2}, {forced, 3}} {
		got, c := r.askedFor(step.body)
		if got.status != 200 || c.AccessToken != tokenOf(alpha, step.gen).Reveal() || c.ID != alpha || c.TokenType != "Bearer" || c.APIMode != "anthropic_messages" {
			t.Fatalf("step %d: %d %s", i, got.status, got.body)
		}
		if c.BaseURL != r.upstream.URL+"/anthropic" || c.Inference != c.BaseURL || c.ExpiresAt == nil || c.ExpiresAtMS != c.ExpiresAt.UnixMilli() || !c.RefreshAfter.Before(*c.ExpiresAt) {
			t.Errorf("step %d: %+v", i, c)
		}
		if got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", got.header)
		}
	}
	// Another program's token was refreshed meanwhile: what is forced is that.
	r.book.mu.Lock()
	r.book.tokens[alpha].Gen, r.book.tokens[alpha].Access = 4, tokenOf(alpha, 4)
	r.book.mu.Unlock()
	if _, c := r.askedFor(forced); c.AccessToken != tokenOf(alpha, 4).Reveal() || r.book.rotations != 2 {
		t.Errorf("a token that it never had counts as refused: %d rotations", r.book.rotations)
	}
	for _, row := range r.book.served {
		if row.Account == "" || row.Program == "" || row.Counts != (tally.Counts{Handed: 1}) {
			t.Errorf("counted: %+v", row)
		}
	}
	if len(r.book.served) == 0 {
		t.Error("nothing was counted")
	}
	if log := r.log.String(); strings.Contains(log, "provider-token") || !strings.Contains(log, "token handed out") {
		t.Errorf("log: %s", log)
	}
}

// Whoever has no right to tokens is given none, and nobody more than the key opens.
func TestBroker_Refuses(t *testing.T) {
	ofPool, ofBeta := `{"provider":"`+poolName+`"}`, `{"credential_id":"`+beta+`"}`
	toAlpha := forTokens(func(k *clientkey.Key) { k.Account = alpha })
	for name, c := range map[string]struct {
		key  clientkey.Key
		body string
		want int
		id   string
	}{
		"the pool":    {forTokens(func(*clientkey.Key) {}), ofPool, 200, alpha},
		"its account": {toAlpha, ofPool, 200, alpha},
		"its account, though it is named otherwise there": {toAlpha, `{"provider":"` + poolName + `","credential_id":"cred-7f"}`, 200, alpha},
		"another account":            {toAlpha, ofBeta, 403, ""},
		"its pool":                   {forTokens(func(k *clientkey.Key) { k.Pool = poolName }), ofBeta, 200, beta},
		"another pool":               {forTokens(func(k *clientkey.Key) { k.Pool = "xai-oauth/global" }), ofPool, 403, ""},
		"the proxy only":             {bound(func(*clientkey.Key) {}), ofPool, 403, ""},
		"some models":                {forTokens(func(k *clientkey.Key) { k.Model = "M2" }), ofPool, 403, ""},
		"another provider's account": {forTokens(func(*clientkey.Key) {}), `{"provider":"xai-oauth","credential_id":"` + alpha + `"}`, 404, ""},
		"nobody's":                   {forTokens(func(*clientkey.Key) {}), `{"credential_id":"nobody"}`, 404, ""},
		"nothing":                    {forTokens(func(*clientkey.Key) {}), `{}`, 400, ""},
		"no JSON":                    {forTokens(func(*clientkey.Key) {}), `provider=x`, 400, ""},
		"too much":                   {forTokens(func(*clientkey.Key) {}), `{"provider":"` + strings.Repeat("x", maxCredentials) + `"}`, 400, ""},
	} {
		got, given := brokerRig(t, c.key).askedFor(c.body)
		if got.status != c.want || given.ID != c.id {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if got.status != 200 && strings.Contains(got.body, "provider-token") {
			t.Errorf("%s: a token in %s", name, got.body)
		}
	}
}

// An API key has no end, so that it is not handed out: neither by its own name nor
// in its pool's.
func TestBroker_KeepsAPIKeys(t *testing.T) {
	ofPool, ofAlpha := `{"provider":"`+poolName+`"}`, `{"credential_id":"`+alpha+`"}`
	const gamma = "c3c3c3c3c3"
	for name, c := range map[string]struct {
		keys []string
		body string
		want int
		id   string
	}{
		"by its name":                  {[]string{alpha}, ofAlpha, 403, ""},
		"by its name and its pool's":   {[]string{alpha}, `{"provider":"` + poolName + `","credential_id":"` + alpha + `"}`, 403, ""},
		"by its pool's":                {[]string{alpha}, ofPool, 200, beta},
		"one of several that are none": {[]string{gamma}, ofPool, 200, alpha},
		"nothing but keys":             {[]string{alpha, beta, gamma}, ofPool, 403, ""},
		"another account's name":       {[]string{beta}, ofAlpha, 200, alpha},
		"the only one that is none":    {[]string{alpha, beta}, ofPool, 200, gamma},
	} {
		r := brokerRig(t, forTokens(func(*clientkey.Key) {}))
		r.book = newBook(r.upstream.URL, alpha, beta, gamma)
		r.book.keys = map[string]bool{}
		r.server.options.Accounts = r.book
		for _, id := range c.keys {
			r.book.keys[id] = true
		}
		got, given := r.askedFor(c.body)
		if got.status != c.want || given.ID != c.id || c.want == 403 && (!strings.Contains(got.body, "an API key") || strings.Contains(got.body, "provider-token")) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	r := brokerRig(t, forTokens(func(*clientkey.Key) {}))
	r.book.keys = map[string]bool{alpha: true}
	r.book.dead[beta] = true // so that only the key is left to serve its pool
	if got, given := r.askedFor(ofPool); got.status == 200 || given.ID != "" || strings.Contains(got.body, "provider-token") {
		t.Errorf("where no other can serve: %d %s", got.status, got.body)
	}
}

func TestBroker_IsThereWhereItIsAskedForOnly(t *testing.T) {
	key := forTokens(func(*clientkey.Key) {})
	off := brokerRig(t, key, func(o *Options) { o.Broker = false })
	if got, _ := off.askedFor(`{"credential_id":"` + alpha + `"}`); got.status == 200 || strings.Contains(got.body, "provider-token") {
		t.Errorf("%d %s", got.status, got.body)
	}
	on := brokerRig(t, key)
	if got := on.do(on.request(http.MethodGet, brokerPath, "")); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
		t.Errorf("GET: %d %s", got.status, got.body)
	}
	confined := brokerRig(t, key, func(o *Options) { o.Default, o.Confined = beta, true })
	if got, _ := confined.askedFor(`{"credential_id":"` + alpha + `"}`); got.status != 403 {
		t.Errorf("of an account that the proxy does not serve: %d %s", got.status, got.body)
	}
	q := on.request(http.MethodPost, brokerPath, `{"credential_id":"`+alpha+`"}`)
	q.Header.Set("Origin", "https://evil.example")
	if got := on.do(q); got.status == 200 {
		t.Errorf("a web page is given a token")
	}
}

func FuzzBroker(f *testing.F) {
	f.Add(`{"provider":"` + poolName + `","credential_id":"` + alpha + `","subject":"me","force":true}`)
	f.Add(`{"provider":["x"]}`)
	f.Add(`{"credential_id":"../../x","force":1}`)
	r := brokerRig(f, forTokens(func(k *clientkey.Key) { k.Account = alpha }))
	f.Fuzz(func(t *testing.T, body string) {
		q := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+brokerPath, strings.NewReader(body))
		q.RemoteAddr = "127.0.0.1:4711"
		q.Header.Set("X-Api-Key", localKey)
		w := httptest.NewRecorder()
		r.server.ServeHTTP(w, q)
		var c credentials
		if w.Code == http.StatusOK && (json.Unmarshal(w.Body.Bytes(), &c) != nil || c.ID != alpha) || strings.Contains(w.Body.String(), "provider-token-of-"+beta) {
			t.Fatalf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}
