package proxy

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// route is where a request wants to go.
type route struct {
	account string // name for Pick
	one     bool   // the path names one account
	named   bool   // by the path
	wire    *wire
	endpoint
	at string // the path below the wire's prefix
	id string // of a response or another thing that the path names
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
	var why *answer
	if rest, ok := strings.CutPrefix(path, "/account/"); ok {
		to.one = true
		to.named = true
		to.account, path, why = s.account(rest)
	} else if rest, ok := strings.CutPrefix(path, "/pool/"); ok {
		to.named = true
		to.account, path, why = s.pool(rest)
	}
	if why != nil {
		return route{}, why
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

// account reads what is behind /account/: an id and the path of an API.
func (s *Server) account(rest string) (id, path string, why *answer) {
	id, path, _ = strings.Cut(rest, "/")
	if !record.ValidID(id) {
		return "", "", notFound("there is no such account; /account/ is followed by an account's id (`hermes-tui list --json` has it)")
	}
	if s.options.Confined && !s.serves(id) {
		return "", "", notFound("this proxy was started for other accounts")
	}
	return id, "/" + path, nil
}

// pool reads what is behind /pool/: a pool's name, which may have a region behind
// a slash, and the path of an API.
func (s *Server) pool(rest string) (name, path string, why *answer) {
	for i := range s.wires {
		at := strings.Index(rest, s.wires[i].prefix+"/")
		if at <= 0 {
			continue
		}
		name, path = s.options.Accounts.PoolCalled(rest[:at]), rest[at:]
		found, err := s.options.Accounts.Select(name)
		if err != nil || len(found) == 0 {
			return "", "", notFound("there is no such pool; /pool/ is followed by a provider such as minimax or minimax/cn")
		}
		if s.options.Confined && slices.ContainsFunc(found, func(a core.Account) bool { return !s.serves(a.ID) }) {
			return "", "", notFound("this proxy was started for other accounts")
		}
		return name, path, nil
	}
	return "", "", notFound("there is nothing at this path; /pool/ is followed by a pool's name and " + prefixes(s.wires))
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
		id, ok := e.match(path)
		switch {
		case !ok:
		case e.own && !to.one:
			return to, notServedByPool(to.wire, path)
		case e.method == method:
			to.endpoint, to.at, to.id = e, path, id
			return to, nil
		default:
			allowed = append(allowed, e.method)
		}
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

// notServedByPool says where to ask for what one account alone has.
func notServedByPool(w *wire, path string) *answer {
	return notFound("what is at this path belongs to one account, and a pool does not serve it: ask at /account/ID" + w.prefix + path +
		" (`hermes-tui list --json` has the ids)").coded("not_served_by_pool")
}

// lost says which path to use instead of one that does not exist.
func lost(path string, wires []wire) *answer {
	w := wires[0]
	use := w.prefix + w.endpoints[0].path
	switch {
	case len(wires) > 1 && (strings.HasSuffix(path, "/chat/completions") || strings.HasSuffix(path, "/responses")):
		return notFound("there is nothing at this path; the base URL of programs that speak Chat Completions or Responses ends in /openai/v1")
	case !w.openAI && (strings.HasSuffix(path, "/chat/completions") || strings.HasSuffix(path, "/responses")):
		return notFound(w.prefix + " speaks " + w.name + " only: set the program's API to it, so that it asks for " + use + ", or its base URL to one that ends in /openai/v1")
	case strings.HasPrefix(path, "/v1/v1/"):
		return notFound("the path has /v1 twice: take it away from the program's base URL, so that it asks for " + use)
	case w.openAI && strings.HasPrefix(path, "/v1/"):
		if meant := strings.TrimPrefix(path, "/v1"); slices.ContainsFunc(w.endpoints, func(e endpoint) bool { _, ok := e.match(meant); return ok }) {
			use = w.prefix + meant
		}
		return notFound("the path has a /v1 too much: the program is to ask for " + use)
	case len(wires) == 1 || strings.HasPrefix(path, "/v1/") && !slices.ContainsFunc(w.endpoints, func(e endpoint) bool { return e.path == path }):
		return notFound("this path is not passed on; the proxy serves " + listed(w))
	default:
		return notFound("there is nothing at this path; the base URL of the proxy ends in " + prefixes(wires) + ", so that a program asks for " + use)
	}
}

// prefixes lists where the formats begin.
func prefixes(wires []wire) string {
	var all []string
	for _, w := range wires {
		all = append(all, w.prefix)
	}
	return strings.Join(all, " or ")
}

func listed(w wire) string {
	var paths []string
	for _, e := range w.endpoints {
		if path := w.prefix + e.path; !e.own && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return strings.Join(paths, ", ")
}

// query keeps the parameters that belong to the API. Where there are none it
// costs nothing.
func query(raw string, parameters []string) string {
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
