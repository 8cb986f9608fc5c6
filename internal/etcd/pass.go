package etcd

import (
	"context"
	"errors"
)

// pass is what a client shows to etcd where it has a user's name and password: a
// token, which is fetched once for all calls, and anew when it was refused.
type pass struct {
	user, password string
	lock           chan struct{} // a mutex that a context can leave
	known          bool
	shown          string // nothing where etcd asks nobody
}

func newPass(user, password string) *pass {
	return &pass{user: user, password: password, lock: make(chan struct{}, 1)}
}

// renews says whether another token may help against an error.
func (p *pass) renews(err error) bool {
	s := (*status)(nil)
	return p.user != "" && errors.As(err, &s) && stale(s)
}

// token is what to show. It is fetched if there is none yet, or if it is still
// the one that was refused.
func (p *pass) token(ctx context.Context, refused *string, fetch func(message) ([]byte, error)) (string, error) {
	if p.user == "" {
		return "", nil
	}
	select {
	case p.lock <- struct{}{}:
		defer func() { <-p.lock }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if p.known && (refused == nil || *refused != p.shown) {
		return p.shown, nil
	}
	data, err := fetch(message{}.text(1, p.user).text(2, p.password))
	if s := (*status)(nil); errors.As(err, &s) && s.code == codePrecondition && s.text == "etcdserver: authentication is not enabled" {
		p.known, p.shown = true, ""
		return "", nil
	}
	if err != nil {
		return "", err
	}
	token, err := tokenIn(data)
	if err == nil {
		p.known, p.shown = true, token
	}
	return token, err
}
