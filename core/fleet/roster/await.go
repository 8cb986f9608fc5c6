package roster

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// pause is how long it takes until a store that could not be reached is asked
// again.
const pause = time.Second

// await calls look with a key as it is, and at each change, until look is done or
// fails. A link that is lost meanwhile is made anew.
func (h Host) await(ctx context.Context, key string, look func(etcd.KV) (bool, error)) error {
	for {
		answer, err := h.Store.Get(ctx, key)
		if err == nil {
			if done, err := look(answer.KVs[0]); done || err != nil {
				return err
			}
			var over bool
			if over, err = h.follow(ctx, key, answer.Revision+1, look); over {
				return err
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !errors.Is(err, etcd.Unreachable) && !errors.Is(err, etcd.NoLeader) && !errors.Is(err, etcd.Compacted) {
			return err
		}
		if err := clock.Sleep(ctx, h.Clock, pause); err != nil {
			return err
		}
	}
}

// follow calls look at each change of a key. over says that look has ended it,
// else err is why the watch has.
func (h Host) follow(ctx context.Context, key string, from int64, look func(etcd.KV) (bool, error)) (over bool, err error) {
	for batch, err := range h.Store.Watch(ctx, key, from) {
		if err != nil {
			return false, err
		}
		for _, e := range batch.Events {
			if e.Key != key {
				continue
			}
			if done, err := look(e.KV); done || err != nil {
				return true, err
			}
		}
	}
	return false, &etcd.Error{Kind: etcd.Unreachable, Op: "watch"}
}
