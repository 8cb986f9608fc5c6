//go:build unix

package etcdtest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Require is the variable that makes tests fail, and not be skipped, where there
// is no etcd.
const Require = "HERMES_TUI_TEST_REQUIRE_ETCD"

// patience is how long anything of a cluster may take; it is never waited for in
// vain.
const patience = 30 * time.Second

// Options are what a cluster may have beside the defaults.
type Options struct {
	// TLS has clients show a certificate that [Cluster.Certificate] made.
	TLS bool
	// Args are further arguments of each member.
	Args []string
}

// Cluster is real members on loopback. It is stopped with its test.
type Cluster struct {
	Members []*Member

	options Options
	dir     string
	token   string
	auth    *authority
}

// Member is one process.
type Member struct {
	URL string // for clients

	c        *Cluster
	name     string
	peer     string
	cmd      *exec.Cmd
	finished chan struct{}
	said     tail
}

// Need skips a test where there is no etcd on this machine, or fails it if [Require] is
// set.
func Need(t testing.TB) {
	t.Helper()
	for _, program := range []string{"etcd", "etcdctl"} {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv(Require) != "" {
			t.Fatalf("no %s here, and %s is set", program, Require)
		}
		t.Skipf("no %s here: install etcd (Debian: apt-get install etcd-server etcd-client)", program)
	}
}

// Start starts n members, and returns when they serve. Without etcd on this
// machine the test is skipped, or fails if [Require] is set.
func Start(t testing.TB, n int, options Options) *Cluster {
	t.Helper()
	Need(t)
	c := &Cluster{options: options, dir: t.TempDir(), token: "first"}
	if options.TLS {
		c.auth = newAuthority(t, c.dir)
	}
	t.Cleanup(c.Kill)
	var err error
	for range 3 { // somebody else may take a port that was free
		if err = c.place(n); err == nil {
			err = c.Start()
		}
		if err == nil {
			return c
		}
		c.Kill()
	}
	t.Fatal(err)
	return nil
}

// place makes room for n members that have not run yet.
func (c *Cluster) place(n int) error {
	c.Members = nil
	for i := range n {
		var ports [2]string
		for j := range ports {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer func() { _ = l.Close() }()
			ports[j] = l.Addr().String()
		}
		scheme := "http://"
		if c.auth != nil {
			scheme = "https://"
		}
		name := fmt.Sprint("m", i)
		if err := os.RemoveAll(filepath.Join(c.dir, name)); err != nil {
			return err
		}
		c.Members = append(c.Members, &Member{c: c, name: name, URL: scheme + ports[0], peer: "http://" + ports[1]})
	}
	return nil
}

// Start starts every member that does not run, and returns when all serve.
func (c *Cluster) Start() error {
	var started []chan error
	for _, m := range c.Members {
		if m.cmd == nil {
			serves := make(chan error, 1)
			if err := m.start(serves); err != nil {
				return err
			}
			started = append(started, serves)
		}
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	for _, serves := range started {
		select {
		case err := <-serves:
			if err != nil {
				return err
			}
		case <-late.C:
			return errors.New("the members do not serve")
		}
	}
	return nil
}

// Kill ends every member as a power failure does.
func (c *Cluster) Kill() {
	for _, m := range c.Members {
		m.Kill()
	}
}

// initial is how the members are told of each other.
func (c *Cluster) initial() string {
	var all []string
	for _, m := range c.Members {
		all = append(all, m.name+"="+m.peer)
	}
	return strings.Join(all, ",")
}

func (m *Member) data() string { return filepath.Join(m.c.dir, m.name) }

func (m *Member) start(serves chan<- error) error {
	args := append([]string{
		"--name", m.name, "--data-dir", m.data(), "--logger", "zap", "--log-outputs", "stderr",
		"--listen-client-urls", m.URL, "--advertise-client-urls", m.URL,
		"--listen-peer-urls", m.peer, "--initial-advertise-peer-urls", m.peer,
		"--initial-cluster", m.c.initial(), "--initial-cluster-token", m.c.token, "--initial-cluster-state", "new",
		"--heartbeat-interval", "50", "--election-timeout", "500",
	}, m.c.options.Args...)
	if m.c.auth != nil {
		args = append(args, "--client-cert-auth", "--trusted-ca-file", m.c.auth.file("ca.crt"),
			"--cert-file", m.c.auth.file("server.crt"), "--key-file", m.c.auth.file("server.key"))
	}
	cmd := exec.Command("etcd", args...)
	cmd.Dir = m.c.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.c.dir}
	if runtime.GOARCH != "amd64" {
		cmd.Env = append(cmd.Env, "ETCD_UNSUPPORTED_ARCH="+runtime.GOARCH)
	}
	out, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	m.cmd, m.finished = cmd, make(chan struct{})
	go func() {
		defer close(m.finished)
		m.read(out, serves)
		_ = cmd.Wait()
		serves <- fmt.Errorf("%s has ended: %s", m.name, m.said.text())
	}()
	return nil
}

// read follows what a member says, to its end.
func (m *Member) read(out io.Reader, serves chan<- error) {
	lines := bufio.NewReader(out)
	for told := false; ; {
		line, err := lines.ReadString('\n')
		m.said.add(line)
		if !told && strings.Contains(line, "serving client traffic") {
			told = true
			serves <- nil
			serves = make(chan<- error, 1)
		}
		if err != nil {
			return
		}
	}
}

// Kill ends the member as a power failure does. What it has written stays.
func (m *Member) Kill() {
	if m.cmd == nil {
		return
	}
	_ = m.cmd.Process.Kill()
	<-m.finished
	m.cmd = nil
}

// Stop halts the member, which notices nothing, until [Member.Continue].
func (m *Member) Stop() error { return m.cmd.Process.Signal(syscall.SIGSTOP) }

// Continue lets a member go on that was stopped.
func (m *Member) Continue() error { return m.cmd.Process.Signal(syscall.SIGCONT) }

// Endpoints are the URLs of all members.
func (c *Cluster) Endpoints() (all []string) {
	for _, m := range c.Members {
		all = append(all, m.URL)
	}
	return all
}

// Open is a client of all members, with the patience that tests need and what
// change changes; it is closed with the test. With TLS it is user root where
// change says nothing else.
func (c *Cluster) Open(t testing.TB, change func(*etcd.Config)) *etcd.Client {
	t.Helper()
	config := etcd.Config{Endpoints: c.Endpoints(), Timeout: patience / 3}
	if c.auth != nil {
		config.TLS = c.Certificate(t, "root")
	}
	if change != nil {
		change(&config)
	}
	client, err := etcd.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// Certificate is what a client of that name shows.
func (c *Cluster) Certificate(t testing.TB, name string) *tls.Config {
	t.Helper()
	return c.auth.client(t, name)
}

// Leader is the member that leads.
func (c *Cluster) Leader(t testing.TB) *Member {
	t.Helper()
	client := c.Open(t, nil)
	defer client.Close()
	for _, m := range client.Status(t.Context()) {
		for _, member := range c.Members {
			if m.Err == nil && m.Leader == m.Member && m.Leader != 0 && member.URL == m.Endpoint {
				return member
			}
		}
	}
	t.Fatal("nobody leads")
	return nil
}

// tail keeps the last lines of what somebody says.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (l *tail) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines = append(l.lines, line); len(l.lines) > 10 {
		l.lines = l.lines[1:]
	}
}

func (l *tail) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "")
}
