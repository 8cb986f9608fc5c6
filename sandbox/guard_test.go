package sandbox

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGuard_Host(t *testing.T) {
	l := newLab(t, Options{})
	_, port, _ := strings.Cut(strings.TrimPrefix(l.URL(), "http://"), ":")
	for host, ok := range map[string]bool{
		"127.0.0.1:" + port:              true,
		"127.1.2.3:" + port:              true,
		"localhost:" + port:              true,
		"LOCALHOST:" + port:              true,
		"[::1]:" + port:                  true,
		"localhost":                      false, // port 80 is not ours
		"127.0.0.1:1":                    false,
		"evil.example:" + port:           false,
		"localhost.evil.example:" + port: false,
		"127.0.0.1.evil.example:" + port: false,
		"192.0.2.1:" + port:              false,
		"0.0.0.0:" + port:                false,
	} {
		for _, path := range []string{"/", "/oauth-authorize", "/oauth2/token", "/nothing"} {
			r := l.request("GET", path, "")
			r.Host = host
			if got := l.do(r); (got.status != 421) != ok {
				t.Errorf("Host %s at %s: %d", host, path, got.status)
			}
		}
	}
	if got := l.Stats().Refreshes.Total; got != 0 {
		t.Errorf("%d requests got past", got)
	}
}

func TestGuard_HostWithoutServer(t *testing.T) {
	// A recorder knows no port of its own: any loopback name will do.
	s := New(Options{})
	for host, want := range map[string]int{"127.0.0.1:99": 200, "localhost": 200, "[::1]": 200, "evil.example": 421, "": 421} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestGuard_OtherPages(t *testing.T) {
	l := newLab(t, Options{})
	own, other := l.URL(), "http://127.0.0.1:1"
	tests := []struct {
		method, path, header, value string
		refused                     bool
	}{
		{"GET", "/", "Origin", "https://evil.example", true},
		{"GET", "/", "Origin", "null", true},
		{"GET", "/", "Origin", "", true},
		{"GET", "/", "Origin", other, true},
		{"GET", "/", "Origin", own, false},
		{"GET", "/", "Sec-Fetch-Site", "cross-site", true},
		{"GET", "/", "Sec-Fetch-Site", "same-site", true}, // another port of localhost
		{"GET", "/", "Sec-Fetch-Site", "anything", true},
		{"GET", "/", "Sec-Fetch-Site", "none", false},
		{"GET", "/", "Sec-Fetch-Site", "same-origin", false},
		{"GET", "/oauth-authorize", "Sec-Fetch-Site", "cross-site", true},
		{"POST", "/oauth-authorize", "Origin", "https://evil.example", true},
		{"POST", "/grants/0", "Origin", other, true},
		{"GET", "/style.css", "Sec-Fetch-Site", "cross-site", true},
		{"POST", "/oauth2/token", "Origin", own, true}, // no page of ours asks for tokens
		{"POST", "/oauth2/token", "Sec-Fetch-Site", "same-origin", true},
		{"POST", "/oauth2/token", "Sec-Fetch-Site", "none", true},
		{"POST", "/oauth2/device/code", "Origin", "https://evil.example", true},
		{"POST", "/oauth/code", "Origin", "https://evil.example", true},
		{"POST", "/oauth/token", "Sec-Fetch-Site", "cross-site", true},
		{"GET", "/nothing", "Origin", own, true},
		{"OPTIONS", "/oauth2/token", "Origin", "https://evil.example", true}, // a CORS preflight
		{"POST", "/oauth2/token", "Sec-Fetch-Mode", "cors", false},           // Node's fetch
	}
	for _, tt := range tests {
		r := l.request(tt.method, tt.path, "")
		r.Header[tt.header] = []string{tt.value}
		got := l.do(r)
		refused := got.status == 403 && got.text("error") == "foreign_origin"
		if refused != tt.refused {
			t.Errorf("%s %s with %s %q: %d %s", tt.method, tt.path, tt.header, tt.value, got.status, got.body)
		}
		for name := range got.header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s %s sends %s", tt.method, tt.path, name)
			}
		}
	}
	if got := l.Stats(); got.Codes.Total+got.Polls.Total+got.Refreshes.Total != 0 {
		t.Errorf("requests got past: %+v", got)
	}
}
