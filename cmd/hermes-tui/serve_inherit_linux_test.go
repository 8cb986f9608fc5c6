package main_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_InheritsItsListeners starts the built program as systemd's socket
// activation does, with a port and a unix socket that are open already: requests
// that came before it are answered, and the port is never free.
func TestServe_InheritsItsListeners(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	key := strings.TrimSpace(b.must("serve", "--show-key"))
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	dir, err := os.MkdirTemp("", "s") // a path short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "s")
	unix, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	tcpFile, err := tcp.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	unixFile, err := unix.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithTimeout(context.Background(), limit)
	defer end()
	serve := b.command(ctx, "serve")
	serve.Args = append([]string{"sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=2 exec "$0" "$@"`}, append([]string{serve.Path}, serve.Args[1:]...)...)
	serve.Path = "/bin/sh"
	serve.ExtraFiles = []*os.File{tcpFile, unixFile}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = serve.Process.Signal(os.Interrupt); _ = serve.Wait() }()
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){
		"port": nil,
		"socket": func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		},
	} {
		client := &http.Client{Transport: &http.Transport{DialContext: dial}}
		q := b.message("http://"+tcp.Addr().String(), key, "/anthropic").WithContext(ctx)
		res, err := client.Do(q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}
