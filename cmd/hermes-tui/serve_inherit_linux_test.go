package main_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
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
	for name, client := range map[string]*http.Client{"port": {}, "socket": overSocket(path)} {
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

// TestServe_SocketActivation has systemd's own program hold the places that
// contrib/hermes-tui.socket names: the proxy starts with the first request, which is
// served, by the port and by the socket.
func TestServe_SocketActivation(t *testing.T) {
	t.Parallel()
	activate, err := exec.LookPath("systemd-socket-activate")
	if err != nil {
		t.Skip("systemd-socket-activate is not installed")
	}
	b := newBench(t, sandbox.Options{})
	b.signIn()
	key := strings.TrimSpace(b.must("serve", "--show-key"))
	unit, err := os.ReadFile(filepath.Join("..", "..", "contrib", "hermes-tui.socket"))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "s") // a path short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().String()
	_ = free.Close()
	ctx, end := context.WithTimeout(context.Background(), limit)
	defer end()
	serve := b.command(ctx, "serve")
	args := []string{activate}
	for line := range strings.Lines(string(unit)) {
		if at, ok := strings.CutPrefix(strings.TrimSpace(line), "ListenStream="); ok {
			args = append(args, "--listen="+strings.NewReplacer("127.0.0.1:8787", port, "%t", dir).Replace(at))
		}
	}
	if len(args) != 3 {
		t.Fatalf("the unit listens at %q", args[1:])
	}
	for _, entry := range serve.Env {
		args = append(args, "--setenv="+entry)
	}
	serve.Args = append(append(args, "--", serve.Path), serve.Args[1:]...)
	serve.Path = activate
	var said lockedBuffer
	serve.Stderr = &said
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = serve.Process.Signal(os.Interrupt); _ = serve.Wait() }()
	await(t, func() bool { return strings.Count(said.String(), "Listening on ") == 2 })
	if strings.Contains(said.String(), "level=") {
		t.Errorf("the proxy runs before anybody asks: %s", said.String())
	}
	for name, client := range map[string]*http.Client{"port": {}, "socket": overSocket(filepath.Join(dir, "hermes-tui.sock"))} {
		res, err := client.Do(b.message("http://"+port, key, "/anthropic").WithContext(ctx))
		if err != nil {
			t.Fatalf("%s: %v, %s", name, err, said.String())
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// overSocket is a client whose requests go to a unix socket.
func overSocket(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
}
