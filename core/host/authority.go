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
// host trusts for the etcd; nil where it is one of the system's. Where its file has
// none, hint says what to do.
func (e Etcd) authority(hint string) ([]byte, error) {
	if e.CA == "" {
		return nil, nil
	}
	data, err := atomicfile.ReadForeign(e.CA, maxFile)
	if err != nil {
		return nil, usage("the authority's certificate "+e.CA+" cannot be read: "+atomicfile.Reason(err).Error(), hint)
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err == nil {
			sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
			return sum[:], nil
		}
	}
	return nil, usage(e.CA+" holds no certificate", hint)
}

// trusts returns an error unless this host trusts the authority that an invitation
// names.
func (m *Member) trusts(ca []byte) error {
	if len(ca) == 0 {
		return nil
	}
	own, err := m.authority("give the authority's certificate in PEM format with --ca")
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
