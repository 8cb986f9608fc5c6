//go:build unix

package etcdtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Ctl runs etcdctl, an independent client, and returns what it says.
func (c *Cluster) Ctl(t testing.TB, args ...string) string {
	t.Helper()
	all := []string{"--endpoints", strings.Join(c.Endpoints(), ",")}
	if c.auth != nil {
		c.Certificate(t, "root")
		all = append(all, "--cacert", c.auth.file("ca.crt"), "--cert", c.auth.file("root.crt"), "--key", c.auth.file("root.key"))
	}
	return c.run(t, "etcdctl", append(all, args...)...)
}

func (c *Cluster) run(t testing.TB, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir, "ETCDCTL_API=3"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Users has etcd ask who somebody is: root, and users who may read and write below
// a prefix and nothing else. All have the same password; without one they are
// known by their certificates.
func (c *Cluster) Users(t testing.TB, password, prefix string, names ...string) {
	t.Helper()
	add := func(name, role string) {
		if password == "" {
			c.Ctl(t, "user", "add", name, "--no-password")
		} else {
			c.Ctl(t, "user", "add", name+":"+password)
		}
		c.Ctl(t, "user", "grant-role", name, role)
	}
	add("root", "root")
	c.Ctl(t, "role", "add", "below")
	c.Ctl(t, "role", "grant-permission", "below", "--prefix", "readwrite", prefix)
	for _, name := range names {
		add(name, "below")
	}
	c.Ctl(t, "auth", "enable")
}

// Snapshot makes a backup of the first member, and returns its file.
func (c *Cluster) Snapshot(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup")
	at := *c
	at.Members = c.Members[:1]
	at.Ctl(t, "snapshot", "save", path)
	return path
}

// Restore puts a backup in place of what the members have, as a person does: all
// are stopped first. With another token the cluster has another id.
func (c *Cluster) Restore(t testing.TB, backup, token string) {
	t.Helper()
	c.Kill()
	if c.token = token; token == "" {
		c.token = "first"
	}
	program := "etcdctl"
	if _, err := exec.LookPath("etcdutl"); err == nil { // it has moved there with 3.5
		program = "etcdutl"
	}
	for _, m := range c.Members {
		if err := os.RemoveAll(m.data()); err != nil {
			t.Fatal(err)
		}
		c.run(t, program, "snapshot", "restore", backup, "--name", m.name, "--data-dir", m.data(),
			"--initial-cluster", c.initial(), "--initial-cluster-token", c.token, "--initial-advertise-peer-urls", m.peer)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
}
