package setup

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTransport_TLSFloor: a server that speaks TLS 1.1 and nothing newer gets no
// request, whichever authorities are trusted.
func TestTransport_TLSFloor(t *testing.T) {
	for name, tc := range map[string]struct {
		newest uint16
		bundle bool
		served bool
	}{
		"1.1, its authority in a bundle": {tls.VersionTLS11, true, false},
		"1.1, the system's authorities":  {tls.VersionTLS11, false, false},
		"1.2, its authority in a bundle": {tls.VersionTLS12, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			came := false
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came = true }))
			server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tc.newest}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			t.Cleanup(server.Close)
			s := &Setup{Env: func(string) string { return "" }}
			if tc.bundle {
				s.Config.CABundle = filepath.Join(t.TempDir(), "ca.pem")
				certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
				if err := os.WriteFile(s.Config.CABundle, certificate, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			transport, err := s.Transport()
			if err != nil {
				t.Fatal(err)
			}
			transport.Proxy = nil
			if !tc.bundle { // the same transport, trusting the test's server
				transport.TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			}
			answer, err := (&http.Client{Transport: transport}).Get(server.URL)
			if err == nil {
				_ = answer.Body.Close()
			}
			if came != tc.served || (err == nil) != tc.served || !tc.served && !strings.Contains(err.Error(), "protocol version") {
				t.Errorf("served: %t, %v", came, err)
			}
		})
	}
}
