// Package openidtest runs an OpenID provider on loopback for tests: the example
// server of github.com/zitadel/oidc, which was not written here and so does not
// share our misunderstandings.
//
// It has one public client, "hermes-tui", that may use device codes (RFC 8628)
// and refresh tokens, which rotate: a used one is answered with invalid_grant.
// Its users are "id1" and "id2". What it says is left as it is, except that
// [Server.SlowDown] lets its own slow_down happen at will.
package openidtest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// ClientID is the client that the server knows.
const ClientID = "hermes-tui"

// Server is a running OpenID provider. It is safe for concurrent use.
type Server struct {
	URL string // its issuer

	books     *books
	auto      atomic.Value // user who approves every code
	slowDowns atomic.Int32
	polls     atomic.Int32
	refreshes atomic.Int32
	pending   atomic.Pointer[func()]
}

// register makes the client known. The example keeps its clients for the whole
// process and reads them without a lock, so it is done once, before any server.
var register = sync.OnceFunc(func() { storage.RegisterClients(storage.NativeClient(ClientID)) })

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	register()
	s := &Server{}
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	s.URL = web.URL
	s.books = &books{storage.NewStorage(storage.NewUserStore(web.URL)), s}
	handler = exampleop.SetupServer(web.URL, s.books, slog.New(slog.DiscardHandler), false)
	return s
}

// Approve lets a user approve a code.
func (s *Server) Approve(userCode, user string) error {
	return s.books.CompleteDeviceAuthorization(context.Background(), userCode, user)
}

// AutoApprove lets a user approve every code from now on, before anybody can
// poll for it; an empty user ends that.
func (s *Server) AutoApprove(user string) { s.auto.Store(user) }

// Deny lets a user deny a code.
func (s *Server) Deny(userCode string) error {
	return s.books.DenyDeviceAuthorization(context.Background(), userCode)
}

// SlowDown answers the next n polls with slow_down.
func (s *Server) SlowDown(n int32) { s.slowDowns.Store(n) }

// OnPending has a function called once, when a poll has found that no user has decided yet,
// before that poll is answered: what it decides the next poll finds, however soon that comes.
func (s *Server) OnPending(decide func()) { s.pending.Store(&decide) }

// Polls is how often a device code was asked about.
func (s *Server) Polls() int { return int(s.polls.Load()) }

// Refreshes is how many refresh tokens were rotated.
func (s *Server) Refreshes() int { return int(s.refreshes.Load()) }

// books are the example's, with what it lacks for devices.
type books struct {
	*storage.Storage
	server *Server
}

// public is the example's native client with the grants of a device.
type public struct{ *storage.Client }

// GrantTypes implements op.Client.
func (public) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeDeviceCode, oidc.GrantTypeRefreshToken}
}

// GetClientByClientID implements op.Storage.
func (b *books) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	client, err := b.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return public{client.(*storage.Client)}, nil
}

// StoreDeviceAuthorization implements op.DeviceAuthorizationStorage.
func (b *books) StoreDeviceAuthorization(ctx context.Context, client, device, user string, expires time.Time, scopes []string) error {
	err := b.Storage.StoreDeviceAuthorization(ctx, client, device, user, expires, scopes)
	if subject, _ := b.server.auto.Load().(string); err == nil && subject != "" {
		err = b.CompleteDeviceAuthorization(ctx, user, subject)
	}
	return err
}

// GetDeviceAuthorizatonState implements op.DeviceAuthorizationStorage. The
// server turns a time-out of its storage into slow_down.
func (b *books) GetDeviceAuthorizatonState(ctx context.Context, client, device string) (*op.DeviceAuthorizationState, error) {
	b.server.polls.Add(1)
	if b.server.slowDowns.Add(-1) >= 0 {
		return nil, context.DeadlineExceeded
	}
	state, err := b.Storage.GetDeviceAuthorizatonState(ctx, client, device)
	if err != nil || state.Done || state.Denied {
		return state, err
	}
	if decide := b.server.pending.Swap(nil); decide != nil {
		found := *state
		(*decide)()
		return &found, nil
	}
	return state, nil
}

// CreateAccessAndRefreshTokens implements op.Storage. It names the client of a
// device code, which the example forgets.
func (b *books) CreateAccessAndRefreshTokens(ctx context.Context, r op.TokenRequest, current string) (string, string, time.Time, error) {
	if device, ok := r.(*op.DeviceAuthorizationState); ok {
		r = &storage.AuthRequest{ApplicationID: device.ClientID, UserID: device.Subject, Scopes: device.Scopes}
	}
	if current != "" {
		b.server.refreshes.Add(1)
	}
	return b.Storage.CreateAccessAndRefreshTokens(ctx, r, current)
}
