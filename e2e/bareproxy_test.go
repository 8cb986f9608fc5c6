package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

// bareProxyOf is the variable that makes the test binary a bare proxy of this
// upstream.
const bareProxyOf = "HERMES_TUI_E2E_BARE_PROXY_OF"

// bareProxy is the proxy that everybody would write first. It prints its
// address and ends with its standard input.
func bareProxy(upstream string) int {
	to, err := url.Parse(upstream)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Printf("http://%s\n", listener.Addr())
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	go func() { _ = http.Serve(listener, proxy) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}
