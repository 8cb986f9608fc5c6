package sandbox

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// guard stands before every path. Loopback is shared ground: any web page that
// is open in the person's browser can send requests here. So
//
//   - the Host header must be a loopback name with our own port, or a foreign
//     name could be pointed at 127.0.0.1 (DNS rebinding);
//   - what a browser sends on behalf of another site or another port is turned
//     away, whatever the path. Only the portal's own page may post, and only to
//     the portal's pages;
//   - no CORS header is ever sent.
//
// Programs that are no browsers send neither Origin nor Sec-Fetch-Site. (Node's
// fetch sends Sec-Fetch-Mode, which is why that one says nothing.)
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if why := turnedAway(r); why != nil {
			x := s.begin(w, r, KindGuard)
			x.refuse(why)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func turnedAway(r *http.Request) *refusal {
	if !ownHost(r) {
		return &refusal{http.StatusMisdirectedRequest, "wrong_host", "the sandbox answers only to its own loopback address"}
	}
	foreign := &refusal{http.StatusForbidden, "foreign_origin", "the sandbox does not answer to other web pages; type its address into the browser instead"}
	forPeople := isPage(r.URL.Path)
	if origins, sent := r.Header["Origin"]; sent {
		if !forPeople || len(origins) != 1 || origins[0] != "http://"+r.Host {
			return foreign
		}
	}
	for _, site := range r.Header["Sec-Fetch-Site"] {
		if !forPeople || (site != "none" && site != "same-origin") {
			return foreign
		}
	}
	return nil
}

// approvalPages are where a person approves: MiniMax's, Codex's and GitHub's.
func approvalPages() []string { return []string{"/oauth-authorize", "/codex/device", "/login/device"} }

// isPage reports whether a path is one for browsers.
func isPage(path string) bool {
	return path == "/" || slices.Contains(approvalPages(), path) || path == "/style.css" || path == "/stats" || strings.HasPrefix(path, "/grants/")
}

// ownHost reports whether the Host header is a loopback name and, where the
// server knows its own port, has that port.
func ownHost(r *http.Request) bool {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.TrimSuffix(strings.TrimPrefix(r.Host, "["), "]"), "80"
	}
	if !isLoopback(strings.ToLower(host)) {
		return false
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return true
	}
	_, ours, err := net.SplitHostPort(local.String())
	return err != nil || port == ours
}
