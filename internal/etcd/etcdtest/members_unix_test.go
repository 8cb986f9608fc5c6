//go:build unix

package etcdtest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

func TestMember_Conforms(t *testing.T) {
	c := etcdtest.Start(t, 1, etcdtest.Options{})
	store := c.Open(t, nil)
	conform(t, rig{store, func(revision int64) { c.Ctl(t, "compact", fmt.Sprint(revision)) }, func(time.Duration) {}})
}
