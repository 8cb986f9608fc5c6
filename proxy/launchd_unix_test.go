//go:build unix

package proxy

import (
	"encoding/xml"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// held is a socket as launchd holds it, and its address.
func held(t *testing.T, network, address string) (*os.File, string) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	file, err := l.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	return file, l.Addr().String()
}

// heldPath is one with a path, of the given mode.
func heldPath(t *testing.T, mode os.FileMode) (*os.File, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "s") // a path short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	file, path := held(t, "unix", filepath.Join(dir, "s"))
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return file, path
}

// What launchd holds under the two names is listened on; with none of them the
// proxy has nothing.
func TestInheritLaunchd(t *testing.T) {
	tcp, address := held(t, "tcp", "127.0.0.1:0")
	unix, path := heldPath(t, 0o600)
	named := map[string][]*os.File{"proxy": {tcp}, "unix": {unix}}
	listeners, err := InheritLaunchd(func(name string) ([]*os.File, error) { return named[name], nil }, ListenOptions{})
	if err != nil || len(listeners) != 2 {
		t.Fatalf("%v, %v", listeners, err)
	}
	for i, at := range [][2]string{{"tcp", address}, {"unix", path}} {
		if got := listeners[i].Addr(); got.Network() != at[0] || got.String() != at[1] {
			t.Errorf("it listens at %s %s, not at %s", got.Network(), got, at)
		}
		conn, err := net.Dial(at[0], at[1])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		taken, err := listeners[i].Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = taken.Close()
		_ = listeners[i].Close()
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the socket is launchd's, and was removed: %v", err)
	}
	if listeners, err := InheritLaunchd(func(string) ([]*os.File, error) { return nil, nil }, ListenOptions{}); len(listeners) > 0 || err != nil {
		t.Errorf("%v, %v", listeners, err)
	}
}

// Nothing listens where one of the sockets cannot be taken, or is open to others.
func TestInheritLaunchd_FailsClosed(t *testing.T) {
	plain, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	everywhere, _ := held(t, "tcp4", "0.0.0.0:0")
	group, groups := heldPath(t, 0o620)
	gone, path := heldPath(t, 0o600)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		file *os.File
		err  error
		want string
	}{
		"an error":       {nil, syscall.EPERM, `launchd does not hand over its socket "unix": operation not permitted`},
		"no socket":      {plain, nil, `launchd's socket "unix" is not a listener`},
		"remote":         {everywhere, nil, "can be reached from other machines"},
		"open to others": {group, nil, "others can use the socket " + groups + " (mode 0620)"},
		"removed":        {gone, nil, "launchd's socket cannot be looked at"},
	} {
		tcp, _ := held(t, "tcp", "127.0.0.1:0")
		listeners, err := InheritLaunchd(func(name string) ([]*os.File, error) {
			if name == "proxy" {
				return []*os.File{tcp}, nil
			}
			return []*os.File{tc.file}, tc.err
		}, ListenOptions{})
		if listeners != nil || autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, %v", what, listeners, err)
		}
		var e *autherr.Error
		if !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: nothing says what to do: %v", what, err)
		}
	}
}

// dict is a dictionary of a property list, as far as contrib has them: its texts,
// numbers and dictionaries by their keys.
type dict struct {
	values map[string]string
	dicts  map[string]dict
}

func (d *dict) UnmarshalXML(x *xml.Decoder, _ xml.StartElement) error {
	*d = dict{map[string]string{}, map[string]dict{}}
	for key := ""; ; {
		token, err := x.Token()
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if _, end := token.(xml.EndElement); end {
			return nil
		} else if !ok {
			continue
		}
		var text string
		var inner dict
		switch start.Name.Local {
		case "dict":
			err = x.DecodeElement(&inner, &start)
			d.dicts[key] = inner
		case "key":
			err = x.DecodeElement(&key, &start)
		default:
			err = x.DecodeElement(&text, &start)
			d.values[key] = text
		}
		if err != nil {
			return err
		}
	}
}

// The property list in contrib names the sockets as the proxy asks for them, where
// nobody else reaches them, and is otherwise the one without sockets, but for what
// starts it.
func TestInheritLaunchd_PropertyList(t *testing.T) {
	var lists [2]struct {
		Dict dict `xml:"dict"`
	}
	for i, name := range []string{"io.github.hermes-tui.serve.plist", "io.github.hermes-tui.serve.sockets.plist"} {
		data, err := os.ReadFile(filepath.Join("..", "contrib", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(data, &lists[i]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	alone, list := lists[0].Dict, lists[1].Dict
	sockets := list.dicts["Sockets"].dicts
	asked := map[string]bool{}
	listeners, err := InheritLaunchd(func(name string) ([]*os.File, error) {
		asked[name] = true
		is := sockets[name].values
		if is["SockPathName"] == "" {
			file, _ := held(t, "tcp", net.JoinHostPort(is["SockNodeName"], "0"))
			return []*os.File{file}, nil
		}
		mode, err := strconv.Atoi(is["SockPathMode"])
		file, _ := heldPath(t, os.FileMode(mode))
		return []*os.File{file}, err
	}, ListenOptions{})
	if err != nil || len(listeners) != 2 {
		t.Errorf("%v, %v", listeners, err)
	}
	_, _ = closed(listeners, nil)
	for name := range sockets {
		if !asked[name] {
			t.Errorf("the proxy does not ask for the socket %q", name)
		}
	}
	if port := sockets["proxy"].values["SockServiceName"]; port != "8787" {
		t.Errorf("the port is %s, and programs are told of 8787", port)
	}
	delete(list.dicts, "Sockets")
	delete(alone.dicts, "KeepAlive")
	delete(alone.values, "RunAtLoad")
	if diff := cmp.Diff(alone, list, cmp.AllowUnexported(dict{})); diff != "" {
		t.Error(diff)
	}
}
