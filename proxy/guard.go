package proxy

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// guard says why a request is turned away before anything else is looked at,
// nil when it is not. Loopback is shared ground: any web page that is open in
// the person's browser can send requests here.
func guard(r *http.Request) *answer {
	switch {
	case r.Method == http.MethodConnect:
		return &answer{status: http.StatusMethodNotAllowed, kind: "invalid_request_error", message: "this proxy does not take CONNECT; use its address as the base URL"}
	case r.URL.Host != "" || r.URL.Scheme != "":
		return badRequest("this is not a forward proxy; use its address as the base URL")
	case !ownHost(r):
		return &answer{status: http.StatusMisdirectedRequest, kind: "invalid_request_error", message: "the proxy answers only to its own address"}
	case fromPage(r.Header):
		return forbidden("the proxy does not answer to web pages")
	}
	return nil
}

// fromPage reports whether a browser sends the request on behalf of a page.
// Programs send neither header; Node's fetch sends Sec-Fetch-Mode, which is why
// that one says nothing. "none" is what a person typed into the address bar.
func fromPage(h http.Header) bool {
	if _, sent := h["Origin"]; sent {
		return true
	}
	for _, site := range h["Sec-Fetch-Site"] {
		if site != "none" {
			return true
		}
	}
	return false
}

// ownHost reports whether the Host header is a name of this proxy. On loopback
// that is a loopback name, or a foreign name could be pointed at 127.0.0.1 (DNS
// rebinding), which would bring our own port: any other is that of a forwarded
// connection (ssh -L, an editor's). Over TLS it is a name that the certificate
// has. No browser reaches a unix socket.
func ownHost(r *http.Request) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if _, unix := local.(*net.UnixAddr); unix {
		return true
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.TrimSuffix(strings.TrimPrefix(r.Host, "["), "]"), "80"
		if r.TLS != nil {
			port = "443"
		}
	}
	tcp, ok := local.(*net.TCPAddr)
	if !ok {
		return false
	}
	if tcp.IP.IsLoopback() && isLoopbackName(host) {
		return true
	}
	if port != strconv.Itoa(tcp.Port) {
		return false
	}
	named, _ := r.Context().Value(namesKey{}).(names)
	return named != nil && named.VerifyHostname(host) == nil
}

// isLoopbackName is IsLoopback with the names that stand for loopback everywhere
// (RFC 6761 section 6.3).
func isLoopbackName(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return IsLoopback(host) || strings.HasSuffix(host, ".localhost")
}

// IsLoopback reports whether a host is this machine's loopback: localhost, or
// an address such as 127.0.0.1 or ::1.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}

// shownKeys are the keys that a request shows.
func shownKeys(h http.Header) []string {
	shown := h["X-Api-Key"]
	for _, value := range h["Authorization"] {
		scheme, key, found := strings.Cut(value, " ")
		if found && strings.EqualFold(scheme, "Bearer") {
			shown = append(shown[:len(shown):len(shown)], strings.TrimSpace(key))
		}
	}
	return shown
}
