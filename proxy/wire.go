package proxy

import (
	"net/http"
	"strings"
	"time"
)

// wire is one wire format that programs speak to the proxy: the paths of a
// model API, and the shape in which it tells errors. No format is turned into
// another one.
type wire struct {
	prefix     string // "/anthropic"
	name       string // for sentences
	openAI     bool   // OpenAI's kind: what is said of its programs and bodies is true of this one
	endpoints  []endpoint
	parameters []string // of the query that are passed on
	shape      shape
	tells      func(t *told) // reads what an answer tells of its tokens
	longest    time.Duration // that its clients wait out in sight of a person; 0: any
}

// endpoint is one path of a model API, in which {id} stands for a name that the
// provider gave. Nothing else is ever asked of a provider.
type endpoint struct {
	method string
	path   string
	apis   []string // what accounts that serve it speak
	asks   bool     // a model, whose answer takes tokens
	own    bool     // it is about what one account alone has: below /account/ only
	shown  string   // the path with the wire's prefix
}

// serving are endpoints, spelt "METHOD /path", that accounts which speak one of apis
// serve.
func serving(apis []string, spelt ...string) (all []endpoint) {
	for _, one := range spelt {
		method, path, _ := strings.Cut(one, " ")
		all = append(all, endpoint{method: method, path: path, apis: apis})
	}
	return all
}

// asking marks endpoints at which a model answers.
func asking(all []endpoint) []endpoint {
	for i := range all {
		all[i].asks = true
	}
	return all
}

// ofOneAccount marks endpoints as being about what one account alone has.
func ofOneAccount(all []endpoint) []endpoint {
	for i := range all {
		all[i].own = true
	}
	return all
}

// match reports whether a path is the endpoint's, and returns the first name in it.
func (e endpoint) match(path string) (id string, ok bool) {
	pattern := e.path
	for {
		before, after, more := strings.Cut(pattern, "{id}")
		rest, begins := strings.CutPrefix(path, before)
		if !begins || !more {
			return id, begins && rest == ""
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return !isNameRune(r) })
		if end < 0 {
			end = len(rest)
		}
		if end == 0 || end > mostName {
			return "", false
		}
		if id == "" {
			id = rest[:end]
		}
		pattern, path = after, rest[end:]
	}
}

// isNameRune reports whether a name of a response or a file can have r.
func isNameRune(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// shape writes the body of an error.
type shape func(a *answer) any

// wires returns the formats that are served. The first is the one whose shape
// errors have where a path is of none.
func wires() []wire {
	all := []wire{anthropicMessages(), openAI(), codexBackend()}
	for _, w := range all {
		for i := range w.endpoints {
			w.endpoints[i].shown = w.prefix + w.endpoints[i].path
		}
	}
	return all
}

// wireOf returns the format that a path is of, by its beginning, behind
// /account/… or /pool/…; the first one where it is of none.
func (s *Server) wireOf(path string) *wire {
	path = strings.ReplaceAll(path, "//", "/")
	rest, named := strings.CutPrefix(path, "/pool/")
	if !named {
		rest, named = strings.CutPrefix(path, "/account/")
	}
	for i := range s.wires {
		if at := strings.Index(rest, s.wires[i].prefix+"/"); at == 0 && !named || at > 0 && named {
			return &s.wires[i]
		}
	}
	return &s.wires[0]
}

// noUpgrade refuses a change of protocol. Codex asks for a web socket first, and
// after a 426, and no other status, for plain HTTP at once.
func (w *wire) noUpgrade(r *http.Request) *answer {
	if !w.openAI || r.Header.Get("Upgrade") == "" {
		return nil
	}
	return &answer{
		status: http.StatusUpgradeRequired, kind: "invalid_request_error", code: "upgrade_not_served",
		message: "the proxy speaks HTTP and no web socket; send the request as a POST",
		header:  http.Header{"Upgrade": {"HTTP/1.1"}, "Connection": {"Upgrade"}},
	}
}
