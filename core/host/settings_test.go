package host

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

func TestParse(t *testing.T) {
	for text, want := range map[string][]string{
		"etcd://a,b:4,[::1]":     {"https://a:2379", "https://b:4", "https://[::1]:2379"},
		"etcd://a/":              {"https://a:2379"},
		"http://127.0.0.1:2379":  {"http://127.0.0.1:2379"},
		"https://etcd.example/":  {"https://etcd.example"},
		"https://a:1,http://b:2": {"https://a:1", "http://b:2"}, // as etcdctl takes them
		"etcd://a,b,a:2379":      {"https://a:2379", "https://b:2379"},
		"ETCD://a":               {"https://a:2379"},
		"HTTPS://a:1":            {"https://a:1"},
		"etcd://[fe80::1%25lo]":  {"https://[fe80::1%25lo]:2379"},
		"https://a:1,b:2":        nil,
		"etcd://a:":              nil,
		"https://a:":             nil,
		"etcds://a":              nil,
		"https://a,":             nil,
		"https://u:p@a":          nil,
		"https://a:99999":        nil,
		"https://a:0":            nil,
		"https://:2379":          nil,
		"https://a?x=1":          nil,
		"etcd://a?x=1":           nil,
		"etcd://":                nil,
		"etcd://a,,b":            nil,
		"etcd://a/b":             nil,
		"etcd://u:p@a":           nil,
		"a:2379":                 nil,
		"ftp://a":                nil,
		"https://a/path":         nil,
		"":                       nil,
	} {
		got, err := Parse([]string{text})
		if !slices.Equal(got, want) || (err == nil) != (want != nil) || err != nil && autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if _, ok, err := Load(dir); ok || err != nil {
		t.Errorf("nothing there: %t, %v", ok, err)
	}
	s := Settings{Fleet: "prod", Host: "desk", Etcd: Etcd{Endpoints: []string{"https://a:2379"}, CA: "ca.pem"}}
	if err := s.save(dir); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := Load(dir); !ok || err != nil || got.Fleet != "prod" || got.CA != "ca.pem" || got.Version != format {
		t.Errorf("%+v, %t, %v", got, ok, err)
	}
	for text, code := range map[string]string{
		`{"version":1,"fleet":"prod"}`: autherr.CodeRecordDamaged,
		`{"version":1,`:                autherr.CodeRecordDamaged,
		`{"version":9,"fleet":"prod","endpoints":["https://a:2379"]}`: autherr.CodeNewerStore,
	} {
		if err := os.WriteFile(filepath.Join(dir, "fleet.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := Load(dir); ok || autherr.CodeOf(err) != code {
			t.Errorf("%s: %t, %v", text, ok, err)
		}
	}
}

// A file that is named from the folder of the first command is found by those that
// are started elsewhere.
func TestEtcd_Absolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(here, "elsewhere", "laptop.key")
	got, err := Etcd{CA: "ca.pem", Key: elsewhere}.Absolute()
	if err != nil || got.CA != filepath.Join(here, "ca.pem") || got.Cert != "" || got.Key != elsewhere {
		t.Errorf("%+v, %v", got, err)
	}
}

// What is wrong with a certificate is said with the file that it is about: months after
// somebody named it, nobody knows which that was.
func TestEtcd_NamesTheFile(t *testing.T) {
	one, other := etcdtest.Stranger(t, "one"), etcdtest.Stranger(t, "other")
	none := filepath.Join(t.TempDir(), "none")
	for name, tc := range map[string]struct {
		Etcd
		names string
	}{
		"no key":                {Etcd{Cert: one.Cert}, one.Cert},
		"no certificate":        {Etcd{Key: one.Key}, one.Key},
		"the certificate gone":  {Etcd{Cert: none, Key: one.Key}, none},
		"the key gone":          {Etcd{Cert: one.Cert, Key: none}, none},
		"another's key":         {Etcd{Cert: one.Cert, Key: other.Key}, other.Key},
		"a certificate for one": {Etcd{Cert: one.Cert, Key: other.Cert}, other.Cert},
	} {
		if _, err := tc.tls(); autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), tc.names) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A certificate that is renewed in its file serves a program that runs already.
func TestEtcd_RenewedCertificate(t *testing.T) {
	dir := t.TempDir()
	e := Etcd{Cert: filepath.Join(dir, "host.pem"), Key: filepath.Join(dir, "host.key")}
	if _, err := e.tls(); err == nil {
		t.Error("there is none, and nobody says so")
	}
	renew := func(name string) {
		made := etcdtest.Stranger(t, name)
		if err := errors.Join(os.Rename(made.Cert, e.Cert), os.Rename(made.Key, e.Key)); err != nil {
			t.Fatal(err)
		}
	}
	renew("first")
	c, err := e.tls()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"second", "third"} {
		renew(name)
		shown, err := c.GetClientCertificate(nil)
		if err != nil || shown.Leaf.Subject.CommonName != name {
			t.Errorf("%+v, %v", shown, err)
		}
	}
}

// Who names a file with --ca is told of that, and who has lost it to put it back.
func TestEtcd_AuthorityHint(t *testing.T) {
	for name, ca := range map[string]string{"a folder": t.TempDir(), "no certificate": etcdtest.Stranger(t, "one").Key} {
		err := (&Member{Settings: Settings{Etcd: Etcd{CA: ca}}}).trusts([]byte("sum"))
		var ours *autherr.Error
		if !errors.As(err, &ours) || ours.Kind != autherr.Usage || !strings.Contains(ours.Message, ca) || !strings.Contains(ours.Hint, "--ca") {
			t.Errorf("%s: %+v", name, ours)
		}
	}
}
