package oauth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// A request whose gate does not open is not sent, over TLS and without, and says so.
func TestGate(t *testing.T) {
	late := errors.New("too late")
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"http": httptest.NewServer, "https": httptest.NewTLSServer,
	} {
		t.Run(name, func(t *testing.T) {
			var served atomic.Int32
			server := start(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				served.Add(1)
				w.WriteHeader(http.StatusServiceUnavailable)
			}))
			defer server.Close()
			client := NewClient(Config{Transport: server.Client().Transport})
			asked := 0
			send := func(open error) *reply {
				ctx := WithGate(t.Context(), func() error { asked++; return open })
				return client.post(ctx, request{url: server.URL, hosts: []string{server.Listener.Addr().String()}, form: map[string][]string{"refresh_token": {"rt"}}})
			}
			if r := send(late); r.delivery != undelivered || !errors.Is(r.err, late) || served.Load() != 0 || asked != 1 {
				t.Errorf("shut: delivery %d, %v, served %d times, asked %d times", r.delivery, r.err, served.Load(), asked)
			}
			if r := send(nil); r.delivery != answered || served.Load() != 1 || asked != 2 {
				t.Errorf("open: delivery %d, %v, served %d times, asked %d times", r.delivery, r.err, served.Load(), asked)
			}
		})
	}
}
