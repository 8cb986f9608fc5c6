package host

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// authority is the SHA-256 of the public key of the certificate authority that this
// host trusts for the etcd; nil where it is one of the system's.
func (m *Member) authority() ([]byte, error) {
	if m.CA == "" {
		return nil, nil
	}
	data, err := atomicfile.ReadForeign(m.CA, maxFile)
	if err != nil {
		return nil, usage("the authority's certificate "+m.CA+" cannot be read: "+atomicfile.Reason(err).Error(), "put it back")
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err == nil {
			sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
			return sum[:], nil
		}
	}
	return nil, usage(m.CA+" holds no certificate", "put the authority's certificate back, in PEM format")
}

// trusts returns an error unless this host trusts the authority that an invitation
// names.
func (m *Member) trusts(ca []byte) error {
	if len(ca) == 0 {
		return nil
	}
	own, err := m.authority()
	if err != nil || bytes.Equal(own, ca) {
		return err
	}
	if own == nil {
		return usage("the etcd of this fleet has an authority of its own", "ask whoever invited you for its certificate, and name the file with --ca")
	}
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeUsage,
		Message: "the certificate of --ca is not that of the authority which the invitation names",
		Hint:    "ask whoever invited you for the right one",
	}
}
