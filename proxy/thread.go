package proxy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// thread is what a request goes on with: the conversation that it is part of,
// which is cheaper where the last one was served, and what one account alone has,
// which no other can serve.
type thread struct {
	of    core.Conversation
	owner string // id of the only account that can serve it; empty: any
}

// threadHeaders are the fields in which programs name their session, in the order
// in which they count (Codex, opencode and their like).
var threadHeaders = []string{"Session-Id", "Session_id", "X-Session-Id", "X-Session-Affinity", "X-Client-Request-Id"}

// mostName is how long the name of a session or of a response can be.
const mostName = 512

// goesOn reads what a request goes on with. What its account cannot be found for
// is answered with an error after which programs send the conversation in full. A
// name that is given twice counts as often: providers differ in which they take.
func (s *Server) goesOn(r *http.Request, to route, body []byte, client string) (thread, *answer) {
	var t thread
	key, names := sessionOf(r.Header), mentions{}
	if to.wire.openAI && to.method == http.MethodPost {
		if len(r.Header["Content-Encoding"]) == 0 && !to.own && isWide(body) {
			return t, badRequest("the request's body is a text in UTF-16 or UTF-32; send JSON in UTF-8")
		}
		names = namesIn(body)
	}
	if key == "" {
		key = names.session
	}
	if key != "" && !to.one {
		sum := sha256.Sum256([]byte(key))
		t.of = core.Conversation{Client: client, ID: string(sum[:16])}
	}
	if !slices.Contains(to.apis, oauth.CodexResponses) {
		return t, nil
	}
	if to.id != "" {
		names.made = append(names.made, to.id)
	}
	if len(names.made) > mostMade {
		return t, notFoundHere(to)
	}
	for _, id := range names.made {
		owner, known := s.owners.find(id)
		switch {
		case known && owner.client != client: // another key's, whoever may have it
			return t, notFoundHere(to)
		case to.one:
		case known && s.among(to, owner.account):
			t.owner = owner.account
		case known || !s.single(to):
			return t, notFoundHere(to)
		}
	}
	return t, nil
}

// mentions is what a body names: its session, and what was made before.
type mentions struct {
	session string
	made    []string
}

// mostMade bounds the names in a request, of which there are two at most unless it
// gives one several times.
const mostMade = 8

// namesIn reads a body. Some providers read names in letters of any case.
func namesIn(body []byte) (n mentions) {
	talk := ""
	members(body, func(name, value []byte) bool {
		switch {
		case bytes.EqualFold(name, []byte("prompt_cache_key")):
			n.session = textOf(value)
		case bytes.EqualFold(name, []byte("conversation")):
			ids := idsOf(value)
			n.made = append(n.made, ids...)
			if len(ids) > 0 {
				talk = ids[0]
			}
		case bytes.EqualFold(name, []byte("previous_response_id")):
			if id := textOf(value); id != "" {
				n.made = append(n.made, id)
			}
		}
		return len(n.made) <= mostMade
	})
	n.session = cmp.Or(n.session, talk)
	return n
}

// sessionOf is the session that a header names.
func sessionOf(h http.Header) string {
	for _, name := range threadHeaders {
		if values := h[name]; len(values) == 1 && values[0] != "" && len(values[0]) <= mostName {
			return values[0]
		}
	}
	return ""
}

// textOf reads a short text, however it is spelt: an escape is six bytes.
func textOf(value []byte) (text string) {
	if plain, ok := plainText(value); ok && len(plain) <= mostName {
		return string(plain)
	}
	if len(value) > 6*mostName+2 || json.Unmarshal(value, &text) != nil || len(text) > mostName {
		return ""
	}
	return text
}

// plainText is what a text says that is spelt without an escape, as most are: to find
// out costs less than a decoder.
func plainText(value []byte) (text []byte, ok bool) {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return nil, false
	}
	text = value[1 : len(value)-1]
	for _, c := range text {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return nil, false
		}
	}
	return text, true
}

// idsOf reads a name, or those of an object, which has several where it gives one
// several times.
func idsOf(value []byte) (ids []string) {
	if text := textOf(value); text != "" {
		return []string{text}
	}
	members(value, func(name, value []byte) bool {
		if id := textOf(value); id != "" && bytes.EqualFold(name, []byte("id")) {
			ids = append(ids, id)
		}
		return len(ids) <= mostMade
	})
	return ids
}

// among reports whether an account is one of those that the route means.
func (s *Server) among(to route, id string) bool {
	found, err := s.options.Accounts.SelectSpeaking(to.account, to.apis)
	return err == nil && slices.ContainsFunc(found, func(a core.Account) bool { return a.ID == id })
}

// single reports whether there is one account only. Where that cannot be told,
// the choice of an account tells why.
func (s *Server) single(to route) bool {
	found, err := s.options.Accounts.SelectSpeaking(to.account, to.apis)
	return err != nil || len(found) == 1
}

// who is whose accounts are asked: the owner's alone where there is one.
func (x *exchange) who() string {
	if x.thread.owner != "" {
		return x.thread.owner
	}
	return x.route.account
}

// orphaned is what is said when the only account that could go on cannot serve:
// a program that is told so sends the conversation in full, and another account
// serves. Of a response that the path names there is nothing to send.
func (x *exchange) orphaned(err error) error {
	if x.thread.owner == "" || x.route.id != "" || x.server.single(x.route) {
		return err
	}
	var ours *autherr.Error
	if !errors.As(err, &ours) || ours.Kind != autherr.CoolingDown && ours.Kind != autherr.SignIn {
		return err
	}
	return notFoundHere(x.route)
}

// tellMoved says that another account is asked than the one that has encrypted the
// conversation's reasoning, and that alone can read it.
func (x *exchange) tellMoved(lease *core.Lease) {
	if lease.Moved && x.makes() && bytes.Contains(x.body.bytes, []byte(`"encrypted_content"`)) {
		x.server.options.Log.Info("a conversation with encrypted reasoning goes to another account than before", "account", lease.Account.ID)
	}
}

// makes reports whether the answer is something that its account alone can go on
// with.
func (x *exchange) makes() bool {
	return x.route.method == http.MethodPost && slices.Contains(x.route.apis, oauth.CodexResponses)
}

// own remembers who has made a response.
func (x *exchange) own(id string) { x.server.owners.note(id, owner{x.account, x.client}) }

// codeNotFoundHere is OpenAI's own code.
const codeNotFoundHere = "previous_response_not_found"

// notFoundHere says that no account here can go on with what one has made. Programs
// that can then send the conversation in full.
func notFoundHere(to route) *answer {
	status := http.StatusBadRequest
	if to.id != "" {
		status = http.StatusNotFound
	}
	return &answer{
		status: status, kind: "invalid_request_error", code: codeNotFoundHere,
		message: "no account that can serve now has the response or conversation that the request names: send the conversation in full, or ask its account by /account/ID" + to.wire.prefix,
	}
}
