package setup

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// maxBundle bounds a file of certificate authorities; those of systems have some
// hundred thousand bytes.
const maxBundle = 16 << 20

// Transport is the way to the network: proxies from the environment, TLS 1.2 or
// newer, and certificate authorities from the system and the configured bundle.
func (s *Setup) Transport() (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	path := s.Config.CABundle
	if path == "" {
		path = s.Env("HERMES_TUI_CA_BUNDLE")
	}
	if path == "" {
		return t, nil
	}
	pem, err := atomicfile.ReadForeign(path, maxBundle)
	if err != nil {
		return nil, usage("the CA bundle "+path+" cannot be read: "+atomicfile.Reason(err).Error(), "check ca_bundle in the configuration, or HERMES_TUI_CA_BUNDLE")
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usage("the CA bundle "+path+" holds no certificate", "give a file in PEM format")
	}
	t.TLSClientConfig.RootCAs = pool
	return t, nil
}
