package proxy

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/clock"
)

// spelled is a token in the ways in which a server may repeat it.
func spelled(token string) map[string]string {
	b64 := base64.StdEncoding.EncodeToString([]byte("user:" + token))
	return map[string]string{
		"plain": token, "as a bearer": "Bearer " + token, "in a URL": url.QueryEscape(token), "hex": hex.EncodeToString([]byte(token)),
		"HEX": strings.ToUpper(hex.EncodeToString([]byte(token))), "base64": b64, "numbers": strings.Trim(fmt.Sprintf("%d", []byte(token)), "[]"),
	}
}

// heard is all that a program gets to see of an answer.
func (r *rig) heard(path string) string {
	r.Helper()
	var all strings.Builder
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		fmt.Fprintln(&all, "early", code, h)
		return nil
	}})
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, path, `{}`).WithContext(ctx))
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	fmt.Fprintln(&all, res.StatusCode, res.Header, "trailer", res.Trailer, string(body))
	return all.String()
}

// echo answers with what it was asked to say, everywhere that an answer has room.
func echo(status int, kind, say string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Link", "</a>; x=\""+say+"\"")
		h.Set("Set-Cookie", "early=1")
		h.Set("Access-Control-Allow-Origin", "early")
		w.WriteHeader(http.StatusEarlyHints)
		h.Set("Trailer", "X-Checked, Set-Cookie, Access-Control-Allow-Credentials")
		h.Set("X-Said", say)
		h.Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.Repeat(".", maxRefusal-len(say)/2)+say+"|ours stays\n\n")
		h.Set("X-Checked", say)
		h.Set("Set-Cookie", "late=1")
		h.Set("Access-Control-Allow-Credentials", "late")
		h.Set(http.TrailerPrefix+"X-Unannounced", say)
	}
}

// No program ever sees a token, however often and wherever the provider repeats
// it; what browsers would heed does not come through either.
func TestProxy_AProviderThatRepeatsTheTokenAnywhere(t *testing.T) {
	token := tokenOf(alpha, 1).Reveal()
	for name, say := range spelled(token) {
		for _, status := range []int{200, 400, 500} {
			for _, kind := range []string{"application/json", "text/event-stream"} {
				r := newRig(t, echo(status, kind, say))
				got := r.heard("/anthropic/v1/messages")
				for other, spelling := range spelled(token) {
					if strings.Contains(got, spelling) {
						t.Errorf("%s, %d, %s: it is there (%s)", name, status, kind, other)
					}
				}
				if !strings.Contains(got, "|ours stays") || !strings.Contains(got, "early 103") || !strings.Contains(got, "X-Checked:[") || !strings.Contains(got, "X-Unannounced:[") {
					t.Errorf("%s, %d, %s: something is lost: %.300s", name, status, kind, got)
				}
				for _, gone := range []string{"early=1", "late=1", "Access-Control", "Set-Cookie:["} {
					if strings.Contains(got, gone) {
						t.Errorf("%s, %d, %s: %s came through: %.200s", name, status, kind, gone, got)
					}
				}
			}
		}
	}
}

// An error has no part of a token either.
func TestProxy_PartsOfATokenInAnError(t *testing.T) {
	token := tokenOf(alpha, 1).Reveal()
	r := newRig(t, refuseWith(400, "", "", `{"error":{"message":"bad token `+token[:20]+`…"}}`))
	if got := r.message(); got.status != 400 || strings.Contains(got.body, token[:16]) || !strings.Contains(got.body, "bad token ") {
		t.Errorf("%+v", got)
	}
}

// The length of an answer is true whether or not something was cut out.
func TestProxy_LengthsStayTrue(t *testing.T) {
	for name, say := range map[string]string{"small": `{"a":1}`, "none": "", "large": strings.Repeat("x", maxRefusal+1), "token": tokenOf(alpha, 1).Reveal()} {
		for _, status := range []int{200, 400} {
			r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Length", strconv.Itoa(len(say)))
				w.WriteHeader(status)
				_, _ = io.WriteString(w, say)
			})
			want := say
			if name == "token" {
				want = "[secret]"
			}
			if got := r.message(); got.status != status || got.body != want {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// Both tokens of the record are known, and those of the account that was asked
// before: with real accounts, whose refresh token the proxy never sends.
func TestProxy_BothTokensAreKnown(t *testing.T) {
	portal := startPortal(t, time.Hour)
	var say []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		say = append(say, strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer "))
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"type":"message","text":%q}`, strings.Join(say, " "))
	}))
	defer api.Close()
	c := openCore(t, t.TempDir(), portal.URL(), api.URL)
	one := signIn(t, c, "one")
	two := signIn(t, c, "two")
	for _, id := range []string{one, two} {
		have, err := c.Token(t.Context(), id, core.TokenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range have.Secrets() {
			if s.IsZero() {
				t.Fatal("an account without a refresh token proves nothing")
			}
			say = append(say, s.Reveal())
		}
	}
	key, err := c.ProxyKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(Options{Accounts: c, Keys: c, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}))
	defer server.Close()
	r := &rig{TB: t, url: server.URL}
	var got reply
	for _, id := range []string{one, two} {
		q := r.request(http.MethodPost, "/account/"+id+"/anthropic/v1/messages", `{}`)
		q.Header.Set("X-Api-Key", key.Reveal())
		got = r.do(q)
	}
	for _, token := range say {
		if strings.Contains(got.body, token) {
			t.Error("a token that this proxy has used came through")
		}
	}
	if strings.Count(got.body, "[secret]") != len(say) {
		t.Errorf("%+v", got)
	}
}

// everywhere is an API that says what it is told to, in all parts of an answer,
// with its body in a coding.
func everywhere(say *string, coding string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Link", *say)
		w.WriteHeader(http.StatusEarlyHints)
		h.Set("Trailer", "X-Checked")
		h.Set("X-Said", *say)
		h.Set("Content-Type", "text/plain")
		body := []byte("before " + *say + " behind")
		if coding != "" {
			h.Set("Content-Encoding", coding)
			body = packed(codings()[coding], body)
		}
		_, _ = w.Write(body)
		h.Set("X-Checked", *say)
		h.Set(http.TrailerPrefix+"X-Unannounced", *say)
	}
}

// everySpelling is how a token may be written.
func everySpelling(token string) map[string]string {
	each := func(format, between string) string {
		var parts []string
		for _, c := range []byte(token) {
			parts = append(parts, fmt.Sprintf(format, c))
		}
		return strings.Join(parts, between)
	}
	all := spelled(token)
	for name, text := range map[string]string{
		"base64url":        base64.RawURLEncoding.EncodeToString([]byte("?" + token)),
		"base64, alone":    base64.StdEncoding.EncodeToString([]byte(token)),
		"percent":          each("%%%02X", ""),
		"percent, twice":   each("%%25%02X", ""),
		"JSON":             each(`\u%04x`, ""),
		"C":                each(`\x%02x`, ""),
		"HTML":             each("&#%d;", ""),
		"quoted-printable": each("=%02X", ""),
		"hex, colons":      each("%02x", ":"),
		"HEX, spaces":      each("%02X", " "),
		"a JSON array":     each("%d", ","),
		"a spaced array":   each("%d", ", "),
		"upper case":       strings.ToUpper(token),
	} {
		all[name] = text
	}
	return all
}

// granted are the tokens of the latest sign-in, as the portal sent them.
type granted struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// overheard is a portal of which the test hears what it grants.
func overheard(t *testing.T, portal string, latest *granted) string {
	to, err := url.Parse(portal)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(q *httputil.ProxyRequest) { q.SetURL(to) },
		ModifyResponse: func(res *http.Response) error {
			var said granted
			if json.Unmarshal(peek(res, maxRefusal), &said) == nil && said.Refresh != "" {
				*latest = said
			}
			return nil
		},
	})
	t.Cleanup(front.Close)
	return front.URL
}

// Both tokens of the record, in any spelling, in every part of an answer that
// serves, also where it is compressed: with real accounts.
func TestProxy_BothTokensInAnySpelling(t *testing.T) {
	portal := startPortal(t, time.Hour)
	for _, coding := range []string{"", "gzip", "br", "zstd"} {
		say := "nothing"
		api := httptest.NewServer(everywhere(&say, coding))
		defer api.Close()
		var tokens granted
		c := openCore(t, t.TempDir(), overheard(t, portal.URL(), &tokens), api.URL)
		signIn(t, c, "one")
		if tokens.Access == "" || tokens.Refresh == "" {
			t.Fatal("nothing was heard")
		}
		key := clientkey.One{Key: testKey}
		server := httptest.NewServer(New(Options{Accounts: c, Keys: key, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}))
		defer server.Close()
		r := &rig{TB: t, url: server.URL}
		if got := r.heard("/anthropic/v1/messages"); !strings.Contains(got, "before nothing behind") {
			t.Fatal(got)
		}
		for i, token := range []string{tokens.Access, tokens.Refresh} {
			for name, spelling := range everySpelling(token) {
				say = spelling
				got := r.heard("/anthropic/v1/messages")
				if strings.Contains(got, spelling) || strings.Contains(strings.ToLower(got), strings.ToLower(token)) || strings.Count(got, "[secret]") < 5 || !strings.Contains(got, "before ") || !strings.Contains(got, " behind") {
					t.Errorf("%q, token %d, %s: %s", coding, i, name, got)
				}
			}
		}
	}
}

// The token before a refresh is known, for its answers are still under way.
func TestProxy_TheTokenBeforeIsKnown(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if _, gen := accountOf(q); gen < 2 {
			refuseWith(401, "", "", `{}`)(w, q)
			return
		}
		_, _ = io.WriteString(w, tokenOf(alpha, 1).Reveal()+" "+tokenOf(alpha, 2).Reveal())
	})
	if got := r.message(); got.body != "[secret] [secret]" {
		t.Errorf("%+v", got)
	}
}

// Nor is it the name of a field.
func TestProxy_ATokenAsAName(t *testing.T) {
	token := tokenOf(alpha, 1).Reveal()
	for status, answer := range map[int]http.HandlerFunc{200: fine, 400: refuseWith(400, "", "", `{"type":"error"}`), 529: refuseWith(529, "", "", `{"type":"error"}`)} {
		r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
			w.Header()["X-"+token] = []string{"1"}
			w.Header().Set(token, "1")
			answer(w, q)
		})
		if got := r.heard("/anthropic/v1/messages"); strings.Contains(strings.ToLower(got), token) || !strings.Contains(got, `{"type":`) {
			t.Errorf("%d: %s", status, got)
		}
	}
}

// What only looks like a token stays in an answer that serves: a model says such
// things, and providers' ids do, too.
func TestProxy_NothingOfAnAnswerIsCutByItsShape(t *testing.T) {
	const like = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", "req_011CSHoEeqs5C35K2UUqR7Fy")
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"text":"`+like+` `+tokenOf(alpha, 1).Reveal()+`"}`)
	})
	if got := r.message(); got.body != `{"text":"`+like+` [secret]"}` || got.header.Get("Request-Id") != "req_011CSHoEeqs5C35K2UUqR7Fy" {
		t.Errorf("%+v", got)
	}
}
