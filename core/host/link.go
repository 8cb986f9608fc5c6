package host

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// link is the fleet's etcd, to which nothing is prepared before something is asked:
// certificates are read and a password is opened then.
type link struct {
	open func(ctx context.Context) (etcd.Store, error)

	mu    sync.Mutex
	store etcd.Store
}

var _ etcd.Store = (*link)(nil)

func (l *link) get(ctx context.Context) (etcd.Store, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store != nil {
		return l.store, nil
	}
	store, err := l.open(ctx)
	if err == nil {
		l.store = store
	}
	return store, err
}

func (l *link) Get(ctx context.Context, keys ...string) (etcd.Answer, error) {
	s, err := l.get(ctx)
	if err != nil {
		return etcd.Answer{}, err
	}
	return s.Get(ctx, keys...)
}

func (l *link) Range(ctx context.Context, prefix string) (etcd.Answer, error) {
	s, err := l.get(ctx)
	if err != nil {
		return etcd.Answer{}, err
	}
	return s.Range(ctx, prefix)
}

func (l *link) Commit(ctx context.Context, t etcd.Txn) (etcd.Result, error) {
	s, err := l.get(ctx)
	if err != nil {
		return etcd.Result{}, err
	}
	return s.Commit(ctx, t)
}

func (l *link) Grant(ctx context.Context, ttl time.Duration) (etcd.Lease, error) {
	s, err := l.get(ctx)
	if err != nil {
		return 0, err
	}
	return s.Grant(ctx, ttl)
}

func (l *link) TimeToLive(ctx context.Context, lease etcd.Lease) (time.Duration, error) {
	s, err := l.get(ctx)
	if err != nil {
		return 0, err
	}
	return s.TimeToLive(ctx, lease)
}

func (l *link) Revoke(ctx context.Context, lease etcd.Lease) error {
	s, err := l.get(ctx)
	if err != nil {
		return err
	}
	return s.Revoke(ctx, lease)
}

func (l *link) Watch(ctx context.Context, prefix string, from int64) iter.Seq2[etcd.Batch, error] {
	s, err := l.get(ctx)
	if err != nil {
		return func(yield func(etcd.Batch, error) bool) { yield(etcd.Batch{}, err) }
	}
	return s.Watch(ctx, prefix, from)
}

func (l *link) Status(ctx context.Context) []etcd.Member {
	s, err := l.get(ctx)
	if err != nil {
		return nil // which whoever asks for more is told
	}
	return s.Status(ctx)
}

func (l *link) DeleteUser(ctx context.Context, name string) error {
	s, err := l.get(ctx)
	if err != nil {
		return err
	}
	return s.DeleteUser(ctx, name)
}

func (l *link) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store != nil {
		l.store.Close()
	}
}
