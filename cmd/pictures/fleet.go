package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// fleet is the window of a fleet: its hosts, the list with who refreshed what, and the
// store away. It needs `etcd` on the PATH.
func fleet(s *stage) error {
	store, err := s.etcd()
	if err != nil {
		return err
	}
	defer store.end()
	for _, one := range []struct {
		life  time.Duration
		label string
	}{{15 * time.Minute, "work"}, {6 * time.Minute, "personal"}, {9 * time.Minute, "batch-jobs"}} {
		if err := s.login(one.life, "minimax", "--label", one.label); err != nil {
			return err
		}
	}
	if err := s.do("fleet", "init", store.url, "--name", "prod", "--host", "desk-2"); err != nil {
		return err
	}
	var others []*stage
	for _, name := range []string{"laptop", "builder-1", "builder-2", "pod-0"} {
		other, err := s.host(name)
		if err != nil {
			return err
		}
		others = append(others, other)
	}
	for _, other := range others[:2] {
		stays, err := other.open(80, 24, screen.Dark)
		if err != nil {
			return err
		}
		defer func() { _ = stays.close() }()
		stays.sees("work")
	}
	if err := others[1].do("refresh", "work", "--force"); err != nil {
		return err
	}
	w, err := s.open(112, 24, screen.Dark, "--theme", "dark")
	if err != nil {
		return err
	}
	w.sees(`work .*builder-1`)
	w.press(home, "f")
	w.sees(`(?s)laptop +● watching.*builder-1 +● watching.*pod-0 +–`)
	w.picture("hosts")
	w.press(esc)
	store.end()
	w.sees("Store not reachable")
	w.picture("fleet-away")
	return w.close()
}

// store is an etcd of one member.
type store struct {
	url string
	cmd *exec.Cmd
}

// etcd starts one in a folder of its own.
func (s *stage) etcd() (*store, error) {
	urls := make([]string, 2)
	for i := range urls {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		urls[i] = "http://" + l.Addr().String()
		_ = l.Close()
	}
	cmd := exec.Command("etcd", "--data-dir", filepath.Join(filepath.Dir(s.home), "etcd"), "--listen-client-urls", urls[0], "--advertise-client-urls", urls[0],
		"--listen-peer-urls", urls[1], "--initial-advertise-peer-urls", urls[1], "--initial-cluster", "default="+urls[1])
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &store{urls[0], cmd}, nil
}

func (e *store) end() {
	_ = e.cmd.Process.Kill()
	_ = e.cmd.Wait()
}

// host is another machine at the same portal, which joins the fleet.
func (s *stage) host(name string) (*stage, error) {
	other := &stage{program: s.program, out: s.out, home: filepath.Join(filepath.Dir(s.home), name), life: s.life, portal: s.portal}
	for _, one := range s.env {
		key, value, _ := strings.Cut(one, "=")
		if strings.HasPrefix(value, s.home) {
			value = other.home + strings.TrimPrefix(value, s.home)
		}
		other.env = append(other.env, key+"="+value)
	}
	config := filepath.Join(other.home, ".config", "hermes-tui")
	if err := os.MkdirAll(config, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(config, "config.toml"), []byte("browser = false\nkeystore = \"file\"\nauto_refresh = false\n"), 0o600); err != nil {
		return nil, err
	}
	w, err := s.open(240, 24, screen.Dark, "fleet", "invite")
	if err != nil {
		return nil, err
	}
	w.sees("waiting for it to ask")
	code := regexp.MustCompile(`htfleet1-\S+`).FindString(w.screen.Text())
	joined := make(chan error, 1)
	go func() { joined <- other.do("fleet", "join", code, "--host", name) }()
	w.sees("may " + name + " have all")
	w.press("y\r")
	if err := <-joined; err != nil {
		return nil, fmt.Errorf("%w\n%s", err, w.screen.Text())
	}
	return other, w.close()
}
