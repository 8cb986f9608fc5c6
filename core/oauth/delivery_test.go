package oauth_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

var granted = says(200, `{"status":"success",`+newPair+`,"expired_in":900}`)

// closedPort is an address on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func refreshAt(t *testing.T, b oauth.Binding, change ...func(*oauth.Config)) oauth.Answer {
	t.Helper()
	return miniMax(t, change...).Refresh(t.Context(), b, secret.New(refreshToken))
}

func TestNotSent(t *testing.T) {
	secure := httptest.NewTLSServer(granted)
	secure.Config.ErrorLog = nil
	t.Cleanup(secure.Close)
	noName := func(c *oauth.Config) {
		c.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "account.minimax.io", IsNotFound: true}
		}}
	}
	badProxy := newPortal(t, says(502, "no"))
	throughBadProxy := func(c *oauth.Config) {
		proxy, _ := url.Parse(badProxy.URL)
		c.Transport = &http.Transport{Proxy: http.ProxyURL(proxy)}
	}
	for _, tc := range []struct {
		name    string
		address string
		change  func(*oauth.Config)
		says    string
	}{
		{"nobody listens", closedPort(t), func(*oauth.Config) {}, "refused"},
		{"no such name", "https://account.minimax.io", noName, "its name is not known here"},
		{"an unknown certificate", secure.URL, func(*oauth.Config) {}, "certificate"},
		{"a proxy that refuses", secure.URL, throughBadProxy, "could not be reached"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := refreshAt(t, targetAt(t, tc.address).Binding, tc.change)
			if a.Outcome != oauth.NotSent || codeOf(a.Err) != "unreachable" || a.Err.Kind != autherr.Network || !strings.Contains(a.Err.Error(), tc.says) {
				t.Errorf("got outcome %d, %v", a.Outcome, a.Err)
			}
			code, err := miniMax(t, tc.change).RequestCode(t.Context(), targetAt(t, tc.address))
			if code != nil || codeOf(err) != "unreachable" {
				t.Errorf("a code request gave %v, %v", code, err)
			}
		})
	}
}

// Once a connection stands, nobody can say that nothing was sent.
func TestUnknown_WhenTimeRunsOut(t *testing.T) {
	for name, hang := range map[string]func(http.ResponseWriter){
		"before the answer": func(http.ResponseWriter) {},
		"in the answer": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `{"status":"succ`)
			_ = http.NewResponseController(w).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			p := newPortal(t, func(w http.ResponseWriter, r *http.Request) {
				hang(w)
				close(done)
				<-r.Context().Done()
			})
			a := p.refresh(t, outOfTime(done))
			if a.Outcome != oauth.Unknown || len(p.seen()) != 1 {
				t.Errorf("got outcome %d after %v", a.Outcome, p.paths())
			}
			if name == "before the answer" && (codeOf(a.Err) != "unreachable" || !strings.Contains(a.Err.Error(), "did not answer in time") || !errors.Is(a.Err, context.DeadlineExceeded)) {
				t.Errorf("the error is %v (%s)", a.Err, codeOf(a.Err))
			}
		})
	}
}

func TestNotSent_WhenTimeIsOverBefore(t *testing.T) {
	done := make(chan struct{})
	close(done)
	p := newPortal(t, granted)
	if a := p.refresh(t, outOfTime(done)); a.Outcome != oauth.NotSent || len(p.seen()) != 0 {
		t.Errorf("got outcome %d after %v", a.Outcome, p.paths())
	}
}

func TestTimeLimits(t *testing.T) {
	var limits []time.Duration
	record := func(c *oauth.Config) {
		c.WithTimeout = func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			limits = append(limits, d)
			return context.WithCancel(ctx)
		}
	}
	newPortal(t, says(404, ``)).refresh(t, record)
	want := []time.Duration{60 * time.Second, 15 * time.Second, 15 * time.Second}
	if diff := cmp.Diff(want, limits); diff != "" {
		t.Error(diff)
	}
}

func TestUnknown_WhenCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := newPortal(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	a := miniMax(t).Refresh(ctx, p.target(t).Binding, secret.New(refreshToken))
	if a.Outcome != oauth.Unknown || !errors.Is(a.Err, autherr.Canceled) {
		t.Errorf("got outcome %d, %v", a.Outcome, a.Err)
	}
}

// roundTripper is a transport that is not net/http's.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A transport that does not say how far it came is not believed to have sent
// nothing.
func TestUnknown_WhenTheTransportDoesNotTell(t *testing.T) {
	calls := 0
	a := refreshAt(t, targetAt(t, "https://account.minimax.io").Binding, func(c *oauth.Config) {
		c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			calls++
			if r.GetBody != nil {
				t.Error("the body can be replayed behind our back")
			}
			return nil, errors.New("it broke: " + refreshToken)
		})
	})
	if a.Outcome != oauth.Unknown || calls != 1 || strings.Contains(a.Err.Error(), "FAKE") {
		t.Errorf("got outcome %d, %v after %d calls", a.Outcome, a.Err, calls)
	}
}

// Each request has a connection of its own, speaks HTTP/1.1 and is sent once,
// also when the server closes the connection at once.
func TestOneConnectionEach(t *testing.T) {
	var connections atomic.Int32
	p := &portal{}
	p.Server = httptest.NewUnstartedServer(p.record(func(w http.ResponseWriter, r *http.Request) {
		if len(p.seen()) == 3 {
			resets(w, r)
			return
		}
		granted(w, r)
	}))
	p.EnableHTTP2 = true
	p.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	p.StartTLS()
	t.Cleanup(p.Close)
	trusting := p.Client().Transport.(*http.Transport)
	flow := miniMax(t, func(c *oauth.Config) { c.Transport = trusting })
	for i, want := range []oauth.Outcome{oauth.Granted, oauth.Granted, oauth.Unknown} {
		if a := flow.Refresh(t.Context(), p.target(t).Binding, secret.New(refreshToken)); a.Outcome != want {
			t.Fatalf("request %d: outcome %d, %v", i, a.Outcome, a.Err)
		}
	}
	if connections.Load() != 3 || len(p.seen()) != 3 {
		t.Errorf("%d connections, %d requests", connections.Load(), len(p.seen()))
	}
	if trusting.DisableKeepAlives {
		t.Error("the caller's transport was changed")
	}
}

// connectProxy is an HTTP proxy for https. It sees a host and encrypted bytes.
func connectProxy(t *testing.T) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var used atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		used.Add(1)
		if r.Method != http.MethodConnect {
			t.Errorf("the proxy was asked to %s", r.Method)
			return
		}
		server, err := net.Dial("tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(server, client); server.Close() }()
		_, _ = io.Copy(client, server)
		client.Close()
	}))
	t.Cleanup(proxy.Close)
	return proxy, &used
}

func TestThroughProxy(t *testing.T) {
	proxy, used := connectProxy(t)
	address, _ := url.Parse(proxy.URL)
	secure := httptest.NewTLSServer(granted)
	t.Cleanup(secure.Close)
	a := refreshAt(t, targetAt(t, secure.URL).Binding, func(c *oauth.Config) {
		transport := secure.Client().Transport.(*http.Transport).Clone()
		transport.Proxy = http.ProxyURL(address)
		c.Transport = transport
	})
	if a.Outcome != oauth.Granted || used.Load() != 1 {
		t.Errorf("got outcome %d, %v; the proxy was used %d times", a.Outcome, a.Err, used.Load())
	}
}

// MiniMax's older addresses answer with 307 to the newer ones.
func TestRedirect_Legacy(t *testing.T) {
	for _, status := range []int{307, 308} {
		var p *portal
		p = newPortal(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/oauth/token":
				http.Redirect(w, r, p.URL+"/oauth2/token", status)
			case "/oauth/code":
				w.Header().Set("Location", "/oauth2/device/code")
				w.WriteHeader(status)
			case "/oauth2/device/code":
				issues(goodCode)(w, r)
			default:
				granted(w, r)
			}
		})
		target := p.target(t)
		target.TokenURL, target.DeviceURL = p.URL+"/oauth/token", p.URL+"/oauth/code"
		if a := refreshAt(t, target.Binding); a.Outcome != oauth.Granted {
			t.Fatalf("%d: got outcome %d, %v", status, a.Outcome, a.Err)
		}
		if _, err := miniMax(t).RequestCode(t.Context(), target); err != nil {
			t.Fatalf("%d: %v", status, err)
		}
		want := []string{"/oauth/token", "/oauth2/token", "/oauth/code", "/oauth2/device/code"}
		if diff := cmp.Diff(want, p.paths()); diff != "" {
			t.Error(diff)
		}
		// The form and the headers went along.
		for _, pair := range [][2]int{{0, 1}, {2, 3}} {
			first, second := p.seen()[pair[0]], p.seen()[pair[1]]
			if diff := cmp.Diff(first.form, second.form); diff != "" || len(first.form) == 0 {
				t.Error(diff, first.form)
			}
			if first.header.Get("x-request-id") != second.header.Get("x-request-id") || second.header.Get("User-Agent") == "" {
				t.Errorf("headers: %v, %v", first.header, second.header)
			}
		}
	}
}

func TestRedirect_Refused(t *testing.T) {
	foreign := newPortal(t, granted)
	for _, tc := range []struct {
		name     string
		status   int
		location string
		outcome  oauth.Outcome
		requests int
	}{
		{"a foreign host", 307, foreign.URL + "/oauth2/token", oauth.NotSpent, 1},
		{"a foreign host by 308", 308, foreign.URL, oauth.NotSpent, 1},
		{"a foreign https host", 307, "https://evil.example/oauth2/token", oauth.NotSpent, 1},
		{"nowhere", 307, "", oauth.NotSpent, 1},
		{"an unreadable place", 307, "http://[::1", oauth.NotSpent, 1},
		{"a password in the address", 307, "//user:password@HOST/oauth2/token", oauth.NotSpent, 1},
		{"in circles", 307, "/oauth2/token", oauth.NotSpent, 3},
		{"302 drops the form", 302, "/oauth2/token", oauth.Unknown, 1},
		{"303 says that it was served", 303, "/done", oauth.Unknown, 1},
		{"301", 301, "/oauth2/token", oauth.Unknown, 1},
		{"304", 304, "", oauth.Unknown, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var p *portal
			p = newPortal(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", strings.Replace(tc.location, "HOST", strings.TrimPrefix(p.URL, "http://"), 1))
				w.WriteHeader(tc.status)
			})
			a := p.refresh(t)
			if a.Outcome != tc.outcome || codeOf(a.Err) != "host_not_allowed" || len(p.seen()) != tc.requests {
				t.Errorf("got outcome %d, %v (%s) after %d requests", a.Outcome, a.Err, codeOf(a.Err), len(p.seen()))
			}
			if strings.Contains(a.Err.Error(), "password") && strings.Contains(a.Err.Error(), "user:password") {
				t.Errorf("the error quotes a password: %v", a.Err)
			}
		})
	}
	if len(foreign.seen()) != 0 {
		t.Error("a foreign host got a token")
	}
}

// From https a redirect never leads to http, not even to a listed host.
func TestRedirect_NotToPlainHTTP(t *testing.T) {
	var hosts []string
	a := refreshAt(t, func() oauth.Binding {
		b := targetAt(t, "https://account.minimax.io").Binding
		b.TokenHosts = append(b.TokenHosts, "127.0.0.1:9")
		return b
	}(), func(c *oauth.Config) {
		c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			return &http.Response{StatusCode: 307, Body: http.NoBody, Header: http.Header{"Location": {"http://127.0.0.1:9/"}}}, nil
		})
	})
	if a.Outcome != oauth.NotSpent || !slices.Equal(hosts, []string{"account.minimax.io"}) {
		t.Errorf("got outcome %d, %v; asked %v", a.Outcome, a.Err, hosts)
	}
}

// A redirect to a place that cannot be reached has spent nothing; one that is
// lost there may have.
func TestRedirect_ThenFailure(t *testing.T) {
	dead := closedPort(t)
	reset := newPortal(t, resets)
	for to, want := range map[string]oauth.Outcome{dead: oauth.NotSpent, reset.URL: oauth.Unknown} {
		p := newPortal(t, says(307, "", "Location", to+"/oauth2/token"))
		b := p.target(t).Binding
		b.TokenHosts = append(b.TokenHosts, strings.TrimPrefix(to, "http://"))
		if a := refreshAt(t, b); a.Outcome != want || codeOf(a.Err) != "unreachable" {
			t.Errorf("got outcome %d, %v, want %d", a.Outcome, a.Err, want)
		}
	}
}

func TestFallback(t *testing.T) {
	for _, tc := range []struct {
		name    string
		direct  http.HandlerFunc // nil: nobody listens
		legacy  http.HandlerFunc
		outcome oauth.Outcome
		asked   bool // the legacy address was asked
	}{
		{"not reached", nil, granted, oauth.Granted, true},
		{"404", says(404, `<html>nginx</html>`), granted, oauth.Granted, true},
		{"404 twice", says(404, ``), says(404, ``), oauth.NotSpent, true},
		{"404, then lost", says(404, ``), resets, oauth.Unknown, true},
		{"404 that names a code", says(404, `{"error":"invalid_grant"}`), granted, oauth.Terminal, false},
		{"400", says(400, `{"error":"invalid_grant"}`), granted, oauth.Terminal, false},
		{"401", says(401, ``), granted, oauth.NotSpent, false},
		{"503", says(503, ``), granted, oauth.Unknown, false},
		{"reset", resets, granted, oauth.Unknown, false},
		{"cut", cuts("200 OK", `{`), granted, oauth.Unknown, false},
		{"redirect elsewhere", says(307, ``, "Location", "https://evil.example/"), granted, oauth.NotSpent, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			legacy := newPortal(t, tc.legacy)
			address := closedPort(t)
			if tc.direct != nil {
				address = newPortal(t, tc.direct).URL
			}
			b := targetAt(t, address).Binding
			b.LegacyTokenURL = legacy.URL + "/oauth/token"
			b.TokenHosts = append(b.TokenHosts, strings.TrimPrefix(legacy.URL, "http://"))
			a := refreshAt(t, b)
			if a.Outcome != tc.outcome || (len(legacy.seen()) == 1) != tc.asked {
				t.Errorf("got outcome %d, %v; the legacy address was asked %d times", a.Outcome, a.Err, len(legacy.seen()))
			}
			if tc.asked && legacy.seen()[0].form.Get("refresh_token") != refreshToken {
				t.Errorf("the form is %v", legacy.seen()[0].form)
			}
		})
	}
}

// A fallback that is not reached either explains less than the 404 before it,
// and a fallback off the list is not asked.
func TestFallback_DeadOrForeign(t *testing.T) {
	foreign := newPortal(t, granted)
	for _, legacy := range []string{closedPort(t), foreign.URL} {
		b := newPortal(t, says(404, `no such path`)).target(t).Binding
		b.LegacyTokenURL = legacy + "/oauth/token"
		if legacy != foreign.URL {
			b.TokenHosts = append(b.TokenHosts, strings.TrimPrefix(legacy, "http://"))
		}
		if a := refreshAt(t, b); a.Outcome != oauth.NotSpent || !strings.Contains(a.Err.Error(), "404: no such path") {
			t.Errorf("got outcome %d, %v", a.Outcome, a.Err)
		}
	}
	if len(foreign.seen()) != 0 {
		t.Error("a foreign host got a token")
	}
}

// A binding whose address is not on its own list sends nothing.
func TestBinding_IsObeyed(t *testing.T) {
	p := newPortal(t, granted)
	for name, change := range map[string]func(*oauth.Binding){
		"no hosts":    func(b *oauth.Binding) { b.TokenHosts = nil },
		"other hosts": func(b *oauth.Binding) { b.TokenHosts = []string{"account.minimax.io"} },
		"an API host": func(b *oauth.Binding) { b.APIHosts, b.TokenHosts = b.TokenHosts, nil },
		"plain http": func(b *oauth.Binding) {
			b.TokenURL, b.TokenHosts = "http://account.minimax.io/x", []string{"account.minimax.io"}
		},
		"another scheme": func(b *oauth.Binding) { b.TokenURL = "ftp" + strings.TrimPrefix(b.TokenURL, "http") },
		"no address":     func(b *oauth.Binding) { b.TokenURL = "" },
		"an odd address": func(b *oauth.Binding) { b.TokenURL = "http://[::1" },
	} {
		b := p.target(t).Binding
		change(&b)
		a := refreshAt(t, b)
		if a.Outcome != oauth.NotSent || codeOf(a.Err) != "host_not_allowed" || a.Err.Kind != autherr.Usage {
			t.Errorf("%s: got outcome %d, %v", name, a.Outcome, a.Err)
		}
	}
	if len(p.seen()) != 0 {
		t.Error("a token was sent")
	}
}
