package proxy

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// wire is one wire format that programs speak to the proxy: the paths of a
// model API. Others get a prefix of their own here.
type wire struct {
	prefix    string // "/anthropic"
	api       string // what accounts that serve it speak
	name      string // for sentences
	endpoints []endpoint
}

// endpoint is one path of a model API. Nothing else is ever asked of a provider.
type endpoint struct {
	method string
	path   string
}

func wires() []wire {
	return []wire{{
		prefix: "/anthropic", api: oauth.AnthropicMessages, name: "Anthropic Messages",
		endpoints: []endpoint{
			{http.MethodPost, "/v1/messages"},
			{http.MethodPost, "/v1/messages/count_tokens"},
			{http.MethodGet, "/v1/models"},
		},
	}}
}

// parameters are the query parameters that are passed on: of listing models,
// and the one that Claude Code sends with each message.
var parameters = []string{"beta", "limit", "after_id", "before_id"}

// route is where a request wants to go.
type route struct {
	account string // name for Pick
	wire    *wire
	endpoint
}

// find reads a path, which must be spelled plainly: no escapes and no dots. A
// slash too much, of a base URL that ends in one, does no harm. What it cannot
// find is answered with the path to use instead.
func (s *Server) find(r *http.Request) (route, *answer) {
	path := r.URL.Path
	if r.URL.EscapedPath() != path || strings.Contains(path, "///") || strings.Contains(path, "/.") {
		return route{}, badRequest("the path is not spelled plainly")
	}
	path = strings.TrimSuffix(strings.ReplaceAll(path, "//", "/"), "/")
	to := route{account: s.options.Default}
	if rest, ok := strings.CutPrefix(path, "/account/"); ok {
		id, tail, _ := strings.Cut(rest, "/")
		if !record.ValidID(id) {
			return route{}, notFound("there is no such account; /account/ is followed by an account's id (`hermes-tui list --json` has it)")
		}
		if s.options.Confined && !s.serves(id) {
			return route{}, notFound("this proxy was started for other accounts")
		}
		to.account, path = id, "/"+tail
	}
	for i := range s.wires {
		w := &s.wires[i]
		rest, ok := strings.CutPrefix(path, w.prefix)
		if !ok || !strings.HasPrefix(rest, "/") {
			continue
		}
		to.wire = w
		return to.choose(r.Method, rest)
	}
	return route{}, lost(path, s.wires)
}

// serves reports whether an account is one of those that the proxy was started
// for.
func (s *Server) serves(id string) bool {
	found, err := s.options.Accounts.Select(s.options.Default)
	return err == nil && slices.ContainsFunc(found, func(a core.Account) bool { return a.ID == id })
}

// choose finds the endpoint of a wire format.
func (to route) choose(method, path string) (route, *answer) {
	var allowed []string
	for _, e := range to.wire.endpoints {
		if e.path != path {
			continue
		}
		if e.method == method {
			to.endpoint = e
			return to, nil
		}
		allowed = append(allowed, e.method)
	}
	if allowed != nil {
		return to, &answer{
			status: http.StatusMethodNotAllowed, kind: "invalid_request_error",
			message: path + " takes " + strings.Join(allowed, ", ") + " only",
			header:  http.Header{"Allow": allowed},
		}
	}
	return to, lost(path, []wire{*to.wire})
}

// lost says which path to use instead of one that does not exist.
func lost(path string, wires []wire) *answer {
	w := wires[0]
	use := w.prefix + w.endpoints[0].path
	switch {
	case strings.HasSuffix(path, "/chat/completions") || strings.HasSuffix(path, "/responses"):
		return notFound("these accounts speak " + w.name + " only: set the program's API to " + w.api + ", so that it asks for " + use)
	case strings.HasPrefix(path, "/v1/v1/"):
		return notFound("the path has /v1 twice: take it away from the program's base URL, so that it asks for " + use)
	case strings.HasPrefix(path, "/v1/") && !slices.ContainsFunc(w.endpoints, func(e endpoint) bool { return e.path == path }):
		return notFound("this path is not passed on; the proxy serves " + listed(w))
	default:
		return notFound("there is nothing at this path; the base URL of the proxy ends in " + w.prefix + ", so that a program asks for " + use)
	}
}

func listed(w wire) string {
	var paths []string
	for _, e := range w.endpoints {
		paths = append(paths, w.prefix+e.path)
	}
	return strings.Join(paths, ", ")
}

// query keeps the parameters that belong to the API. Where there are none it
// costs nothing.
func query(raw string) string {
	if raw == "" {
		return ""
	}
	all, err := url.ParseQuery(raw)
	if err != nil {
		return ""
	}
	kept := url.Values{}
	for _, name := range parameters {
		if values, ok := all[name]; ok {
			kept[name] = values
		}
	}
	return kept.Encode()
}
