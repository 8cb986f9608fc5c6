package serve

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/proxy"
)

// What is printed names the host as it was asked for, and the port it got.
func TestServeURL(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for asked, want := range map[string]string{
		"127.0.0.1:0": "http://127.0.0.1:PORT",
		"0.0.0.0:0":   "http://0.0.0.0:PORT",
		"[::1]:8787":  "http://[::1]:PORT",
		"localhost:0": "http://localhost:PORT",
		":0":          "http://127.0.0.1:PORT",
	} {
		o := Options{Listen: proxy.ListenOptions{Address: asked}}
		if got := o.url(l); got != strings.Replace(want, "PORT", port, 1) {
			t.Errorf("%s: %s, want %s", asked, got, want)
		}
	}
	o := Options{Listen: proxy.ListenOptions{Address: "127.0.0.1:0", CertFile: "c.pem"}}
	if got := o.url(l); !strings.HasPrefix(got, "https://127.0.0.1:") {
		t.Error(got)
	}
}

// What the service manager hands over takes the place of the flags, and what it
// cannot hand over is not listened for: only where it has nothing the flags count.
func TestOpen_HandedOver(t *testing.T) {
	theirs, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	o := Options{Session: &session.Session{}, Listen: proxy.ListenOptions{Address: "127.0.0.1:0"}}
	got, err := o.open(func() ([]net.Listener, error) { return []net.Listener{theirs}, nil })
	if err != nil || len(got) != 1 || got[0] != theirs {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := o.open(func() ([]net.Listener, error) { return nil, errors.New("no") }); got != nil || err == nil {
		t.Errorf("%v, %v", got, err)
	}
	o.Env = func(name string) string { return map[string]string{"XPC_SERVICE_NAME": "the terminal's"}[name] }
	got, err = o.open(o.handed)
	if err != nil || len(got) != 1 || got[0].Addr().String() == theirs.Addr().String() {
		t.Fatalf("%v, %v", got, err)
	}
	_ = got[0].Close()
}

// A key goes into a variable that has a name.
func TestExec_KeyInNoVariable(t *testing.T) {
	for _, name := range []string{"A=B", "=", "A\x00"} {
		o := &ExecOptions{Session: &session.Session{}, Command: []string{"true"}, KeyIn: []string{name}}
		if err := o.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "is not the name of a variable") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
