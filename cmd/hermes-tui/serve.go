package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/proxy"
)

// serveOptions are the flags of `serve`.
type serveOptions struct {
	listen    proxy.ListenOptions
	socket    string
	drain     time.Duration
	showKey   bool
	rotateKey bool
}

func (a *app) serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use: "serve [ACCOUNT]", Short: "Run a loopback proxy that signs each request with a fresh token", Args: arg.AtMost(1),
		ValidArgsFunction: arg.Account(a.Session),
		Long: "Run a proxy on this machine that signs each request with a fresh token. Programs get\n" +
			"its address and a local key, never a token of the provider.\n\n" +
			"  http://127.0.0.1:8787/anthropic                 ACCOUNT, or the pool it names\n" +
			"  http://127.0.0.1:8787/account/<id>/anthropic    one account\n\n" +
			"Without ACCOUNT it is $HERMES_TUI_ACCOUNT, else the only pool there is.",
		Example: "  hermes-tui serve\n  hermes-tui serve --show-key\n  hermes-tui serve minimax/cn --listen 127.0.0.1:8788",
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.showKey || o.rotateKey {
				return a.printProxyKey(cmd.Context(), o.rotateKey)
			}
			name := a.Env("HERMES_TUI_ACCOUNT")
			if len(args) == 1 {
				name = args[0]
			}
			return a.serve(cmd.Context(), name, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.listen.Address, "listen", "127.0.0.1:8787", "`address` to listen on")
	f.BoolVar(&o.listen.Remote, "allow-remote", false, "allow an address that other machines can reach (takes a certificate)")
	f.StringVar(&o.listen.CertFile, "tls-cert", "", "certificate, a PEM `file`")
	f.StringVar(&o.listen.KeyFile, "tls-key", "", "key of the certificate, a PEM `file`")
	f.StringVar(&o.socket, "socket", "", "listen on a unix socket at this `path` too")
	f.DurationVar(&o.drain, "drain", 30*time.Second, "how long answers may go on when the proxy ends")
	f.BoolVar(&o.showKey, "show-key", false, "print the local key, making it if there is none")
	f.BoolVar(&o.rotateKey, "rotate-key", false, "replace the local key and print the new one")
	return cmd
}

// printProxyKey prints the local key and a newline, nothing else.
func (a *app) printProxyKey(ctx context.Context, rotate bool) error {
	accounts, err := a.Open(session.Options{Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	get := accounts.ProxyKey
	if rotate {
		get = accounts.RotateProxyKey
	}
	key, err := get(ctx)
	if err != nil {
		return err
	}
	a.Line("%s", key.Reveal())
	return nil
}

// serve runs the proxy until the command is told to end.
func (a *app) serve(ctx context.Context, name string, o serveOptions) error {
	log, err := a.Log(slog.LevelInfo)
	if err != nil {
		return err
	}
	accounts, err := a.Open(session.Options{Stays: true, Secrets: true, Log: log})
	if err != nil {
		return err
	}
	switch _, err := accounts.Select(name); {
	case autherr.KindOf(err) == autherr.SignIn:
		log.Warn("no account can serve yet; sign in with `hermes-tui login`, the proxy will see it")
	case err != nil:
		return err
	}
	if _, err := accounts.ProxyKey(ctx); err != nil { // now, and not at the first request
		return err
	}
	listeners, err := o.open(proxy.Inherited(a.Env, os.Getpid()))
	if err != nil {
		return err
	}
	server, err := a.newProxy(accounts, name, accounts.ProxyKey, log, o.drain)
	if err != nil {
		return err
	}
	for _, l := range listeners {
		if l.Addr().Network() == "unix" {
			a.Line("Also on the socket %s", l.Addr())
			continue
		}
		a.Line("The proxy: %s/anthropic", o.url(l))
	}
	a.Line("Its key: hermes-tui serve --show-key")
	go accounts.Forget(ctx, server.Forget)
	return server.Serve(ctx, listeners...)
}

// open opens every listener, or none. Those that the service manager has opened
// already take the place of what the flags say.
func (o serveOptions) open(inherited int) ([]net.Listener, error) {
	if inherited > 0 {
		return proxy.Inherit(inherited, o.listen)
	}
	l, err := proxy.Listen(o.listen)
	if err != nil || o.socket == "" {
		return []net.Listener{l}, err
	}
	socket, err := proxy.ListenUnix(o.socket)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return []net.Listener{l, socket}, nil
}

// url is the address of a listener: the host as it was asked for, and the port
// that it got.
func (o serveOptions) url(l net.Listener) string {
	at := l.Addr().String()
	host, _, _ := net.SplitHostPort(o.listen.Address)
	if _, port, err := net.SplitHostPort(at); err == nil && host != "" {
		at = net.JoinHostPort(host, port)
	}
	if o.listen.CertFile != "" {
		return "https://" + at
	}
	return "http://" + at
}

// newProxy wires a proxy to the accounts and to the network.
func (a *app) newProxy(accounts *core.Core, name string, key func(context.Context) (secret.Secret, error), log *slog.Logger, drain time.Duration) (*proxy.Server, error) {
	found, err := a.Find()
	if err != nil {
		return nil, err
	}
	transport, err := found.Transport()
	if err != nil {
		return nil, err
	}
	return proxy.New(proxy.Options{
		Accounts: accounts, Key: key, Default: name, Confined: name != "", Transport: transport,
		Clock: a.Clock, Log: log, Drain: drain,
	}), nil
}
