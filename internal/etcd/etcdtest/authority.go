package etcdtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// authority signs the certificates of a cluster and of its clients, which it
// keeps in files.
type authority struct {
	dir   string
	mu    sync.Mutex
	ca    tls.Certificate
	pool  *x509.CertPool
	made  map[string]tls.Certificate
	count int64
}

func newAuthority(t testing.TB, dir string) *authority {
	t.Helper()
	a := &authority{dir: dir, pool: x509.NewCertPool(), made: map[string]tls.Certificate{}}
	a.ca = a.sign(t, "ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	a.pool.AddCert(a.ca.Leaf)
	// a member is a client of itself, for its gateway
	a.sign(t, "server", &x509.Certificate{
		KeyUsage: x509.KeyUsageDigitalSignature, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *authority) client(t testing.TB, name string) *tls.Config {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	cert, ok := a.made[name]
	if !ok {
		cert = a.sign(t, name, forClients())
		a.made[name] = cert
	}
	return &tls.Config{RootCAs: a.pool, Certificates: []tls.Certificate{cert}}
}

// sign makes a certificate of that name, and its two files.
func (a *authority) sign(t testing.TB, name string, cert *x509.Certificate) tls.Certificate {
	t.Helper()
	return a.signUntil(t, name, name, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), cert)
}

// signUntil is sign for a certificate that ends then, in files of another name.
func (a *authority) signUntil(t testing.TB, name, file string, end time.Time, cert *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a.count++
	cert.SerialNumber, cert.Subject = big.NewInt(a.count), pkix.Name{CommonName: name}
	cert.NotBefore, cert.NotAfter = time.Unix(0, 0), end
	parent, signer := cert, any(key)
	if a.ca.Leaf != nil {
		parent, signer = a.ca.Leaf, a.ca.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	for ending, data := range map[string][]byte{".crt": certPEM, ".key": keyPEM} {
		if err := os.WriteFile(a.file(file+ending), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	if pair.Leaf, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return pair
}

func forClients() *x509.Certificate {
	return &x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
}
