package host

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// format is that of fleet.json.
const format = 1

// maxFile bounds what is read of a file of settings or certificates.
const maxFile = 1 << 20

// Settings is fleet.json in the state folder: which fleet this host belongs to, and
// how it reaches the etcd. It holds no secret.
type Settings struct {
	Version int    `json:"version"`
	Fleet   string `json:"fleet"`
	Host    string `json:"host"`
	// Role is "reader" where it is one; owners have none here.
	Role roster.Role `json:"role,omitempty"`
	Etcd
	// Seen is what this host has seen of the fleet.
	Seen roster.Seen `json:"seen"`
	// StoreID is the fleet's, under which its tokens are hashed.
	StoreID string `json:"store_id,omitempty"`
	// Leaving says that this host is about to leave, and the last one to end the fleet.
	Leaving bool `json:"leaving,omitempty"`
}

// Etcd is how an etcd is reached.
type Etcd struct {
	Endpoints []string `json:"endpoints"`
	CA        string   `json:"ca,omitempty"`   // PEM file of its authority; empty: those of the system
	Cert      string   `json:"cert,omitempty"` // PEM files of this host's certificate
	Key       string   `json:"key,omitempty"`
	User      string   `json:"user,omitempty"` // where etcd asks for a name and a password
}

// Absolute returns the same with whole paths: programs read the files again, from
// wherever they are started.
func (e Etcd) Absolute() (Etcd, error) {
	for _, path := range []*string{&e.CA, &e.Cert, &e.Key} {
		if *path == "" {
			continue
		}
		whole, err := filepath.Abs(*path)
		if err != nil {
			return e, usage("the folder that "+*path+" is in cannot be found: "+err.Error(), "give its whole path")
		}
		*path = whole
	}
	return e, nil
}

func settingsPath(dir string) string { return filepath.Join(dir, "fleet.json") }

// Load reads the settings in a state folder. ok is false where this host belongs to no
// fleet.
func Load(dir string) (s Settings, ok bool, err error) {
	path := settingsPath(dir)
	data, err := atomicfile.Read(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) { // what is wrong with the folder is said by who needs it
		return s, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err == nil && (s.Version < 1 || s.Fleet == "" || s.Version <= format && s.Host == "" || len(s.Endpoints) == 0) {
		err = errors.New("it is incomplete")
	}
	switch {
	case err != nil:
		return s, false, &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Err: err,
			Message: fmt.Sprintf("%s, which says which fleet this host belongs to, cannot be read: %v", path, err),
			Hint:    "nothing was changed; put it back from a backup, or leave the fleet with `hermes-tui fleet leave --force`",
		}
	case s.Version > format:
		return s, false, &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeNewerStore,
			Message: fmt.Sprintf("%s was written by a newer hermes-tui (format %d)", path, s.Version),
			Hint:    "update this hermes-tui; nothing was changed",
		}
	}
	return s, true, nil
}

func (s Settings) save(dir string) error {
	s.Version = format
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(settingsPath(dir), append(data, '\n'), 0o600); err != nil {
		return &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeKeystoreUnavailable, Err: err,
			Message: fmt.Sprintf("could not write %s: %v", settingsPath(dir), err), Hint: "check the folder's owner, its mode and the space on the disk",
		}
	}
	return nil
}

func forgetSettings(dir string) error {
	if err := atomicfile.Remove(settingsPath(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(filepath.Join(dir, "fleet"))
}

// Parse reads the endpoints as a person writes them: etcd://a,b,c, with a port or
// without, over TLS; or URLs of http and https, one each or with commas, as etcdctl
// takes them.
func Parse(args []string) ([]string, error) {
	var found []string
	for _, arg := range args {
		rest, short := arg, false
		if scheme, after, ok := strings.Cut(arg, "://"); ok && strings.EqualFold(scheme, "etcd") {
			rest, short = strings.TrimSuffix(after, "/"), true
		}
		for text := range strings.SplitSeq(rest, ",") {
			if short {
				text = "https://" + text
			}
			u, err := url.Parse(text)
			switch {
			case err == nil && u.User != nil:
				return nil, usage("an address of an etcd names no user", "write it without the part before @, and name the user with --user")
			case err != nil || !address(u):
				return nil, usage(fmt.Sprintf("%q is not the address of an etcd", arg), "write etcd://a,b,c or https://host:2379")
			case short && u.Port() == "":
				u.Host += ":2379"
			}
			if one := (&url.URL{Scheme: u.Scheme, Host: u.Host}).String(); !slices.Contains(found, one) {
				found = append(found, one)
			}
		}
	}
	return found, nil
}

// address reports whether u names a host, by http or https, and nothing else.
func address(u *url.URL) bool {
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.HasSuffix(u.Host, ":") && (u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == ""
}

// tls returns the configuration of connections, and the hash of the authority's public
// key, which an invitation carries.
func (e Etcd) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.CA != "" {
		pem, err := atomicfile.ReadForeign(e.CA, maxFile)
		if err != nil {
			return nil, usage("the authority's certificate "+e.CA+" cannot be read: "+atomicfile.Reason(err).Error(), "check --ca")
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, usage(e.CA+" holds no certificate", "give the authority's certificate in PEM format with --ca")
		}
	}
	if e.Cert != "" || e.Key != "" {
		switch {
		case e.Key == "":
			return nil, usage("there is no key for this host's certificate "+e.Cert, "give both --cert and --key, in PEM format")
		case e.Cert == "":
			return nil, usage("there is no certificate for this host's key "+e.Key, "give both --cert and --key, in PEM format")
		}
		if _, err := e.certificate(); err != nil {
			return nil, usage(err.Error(), "give both --cert and --key, in PEM format, and the key without a password")
		}
		// It is read for each connection: one that was renewed serves a program that runs
		// for months.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := e.certificate()
			return &pair, err
		}
	}
	return c, nil
}

// certificate reads this host's own. Its errors name the files.
func (e Etcd) certificate() (tls.Certificate, error) {
	cert, err := atomicfile.ReadForeign(e.Cert, maxFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("this host's certificate %s cannot be read: %w", e.Cert, atomicfile.Reason(err))
	}
	key, err := atomicfile.ReadForeign(e.Key, maxFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("this host's key %s cannot be read: %w", e.Key, atomicfile.Reason(err))
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		err = fmt.Errorf("this host's certificate %s cannot be used with the key %s: %w", e.Cert, e.Key, err)
	}
	return pair, err
}

func usage(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint}
}
