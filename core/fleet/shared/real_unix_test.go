//go:build unix

package shared

import (
	"context"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// TestReal: two hosts at a real etcd, each a user of it that may read and write below the
// fleet's prefix and nothing else.
func TestReal(t *testing.T) {
	t.Parallel()
	const password = "right horse"
	cluster := etcdtest.Start(t, 1, etcdtest.Options{})
	cluster.Users(t, password, "/hermes-tui/prod/", "host-1", "host-2")
	f := &team{T: t, clock: clock.NewFake(start)}
	open := func(name string) etcd.Store {
		return cluster.Open(t, func(c *etcd.Config) { c.User, c.Password = name, password })
	}
	f.found(open("host-1"))
	a, b := f.hostAt("host-1", open("host-1")), f.hostAt("host-2", open("host-2"))

	ctx, cancel := context.WithCancel(t.Context())
	heard, ended := make(chan struct{}, 8), make(chan struct{})
	b.OnChange(func() { heard <- struct{}{} })
	go func() { defer close(ended); b.Follow(ctx) }()
	a.refused("", time.Hour)
	<-heard
	if got := b.left(""); (got - time.Hour).Abs() > near {
		t.Errorf("it rests for %v", got)
	}
	a.refused("", time.Minute) // shorter
	must(t, a.add("editor"))
	<-heard
	cancel()
	<-ended
	if got := b.left(""); (got-time.Hour).Abs() > near || b.names() != "editor" {
		t.Errorf("it rests for %v, the keys are %q", got, b.names())
	}
	b.counted(0, "ci", 3)
	b.tell()
	if got := a.sums()["host-2 ci"]; got != 3 {
		t.Errorf("%d requests are known", got)
	}
	if !a.MayAsk(t.Context(), account) || b.MayAsk(t.Context(), account) {
		t.Error("both may ask, or none")
	}
}
