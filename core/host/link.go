package host

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// link is the fleet's etcd, to which nothing is prepared before something is asked:
// certificates are read and a password is opened then.
type link struct {
	open func(ctx context.Context) (etcd.Store, error)
	cure func() string // what a person does who is denied

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

// told is an error of the etcd with what a person can do about it, which only who knows
// the fleet's keys can say.
type told struct {
	error
	cure string
}

// Unwrap returns the etcd's.
func (t *told) Unwrap() error { return t.error }

// Cure returns what a person can do.
func (t *told) Cure() string { return t.cure }

// say is an error as it leaves here.
func (l *link) say(err error) error {
	if l.cure == nil || !errors.Is(err, etcd.Denied) {
		return err
	}
	return &told{err, l.cure()}
}

func (l *link) Get(ctx context.Context, keys ...string) (etcd.Answer, error) {
	s, err := l.get(ctx)
	if err != nil {
		return etcd.Answer{}, err
	}
	out, err := s.Get(ctx, keys...)
	return out, l.say(err)
}

func (l *link) Range(ctx context.Context, prefix string) (etcd.Answer, error) {
	s, err := l.get(ctx)
	if err != nil {
		return etcd.Answer{}, err
	}
	out, err := s.Range(ctx, prefix)
	return out, l.say(err)
}

func (l *link) Commit(ctx context.Context, t etcd.Txn) (etcd.Result, error) {
	s, err := l.get(ctx)
	if err != nil {
		return etcd.Result{}, err
	}
	out, err := s.Commit(ctx, t)
	return out, l.say(err)
}

func (l *link) Grant(ctx context.Context, ttl time.Duration) (etcd.Lease, error) {
	s, err := l.get(ctx)
	if err != nil {
		return 0, err
	}
	out, err := s.Grant(ctx, ttl)
	return out, l.say(err)
}

func (l *link) TimeToLive(ctx context.Context, lease etcd.Lease) (time.Duration, error) {
	s, err := l.get(ctx)
	if err != nil {
		return 0, err
	}
	out, err := s.TimeToLive(ctx, lease)
	return out, l.say(err)
}

func (l *link) Revoke(ctx context.Context, lease etcd.Lease) error {
	s, err := l.get(ctx)
	if err != nil {
		return err
	}
	return l.say(s.Revoke(ctx, lease))
}

func (l *link) Watch(ctx context.Context, prefix string, from int64) iter.Seq2[etcd.Batch, error] {
	s, err := l.get(ctx)
	if err != nil {
		return func(yield func(etcd.Batch, error) bool) { yield(etcd.Batch{}, err) }
	}
	return func(yield func(etcd.Batch, error) bool) {
		for batch, err := range s.Watch(ctx, prefix, from) {
			if !yield(batch, l.say(err)) {
				return
			}
		}
	}
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
