//go:build !nofleet

package host

import "github.com/hermes-tui/hermes-tui/internal/etcd"

// dial returns the etcd, which is connected when something is asked.
func dial(e Etcd, k key) (etcd.Store, error) {
	secure, err := e.tls()
	if err != nil {
		return nil, err
	}
	client, err := etcd.New(etcd.Config{Endpoints: e.Endpoints, TLS: secure, User: e.User, Password: k.password.Reveal()})
	if err != nil {
		return nil, usage(err.Error(), "check the endpoints of the etcd")
	}
	return client, nil
}
