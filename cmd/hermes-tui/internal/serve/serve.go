// Package serve is the commands that run a proxy: serve, for every program of
// this machine, and exec, for one command and as long as that runs.
package serve

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/notice"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/proxy"
)

// Options are what serve was asked for.
type Options struct {
	*session.Session
	Account   string
	Listen    proxy.ListenOptions
	Socket    string
	Drain     time.Duration
	ShowKey   bool
	RotateKey bool
	Broker    bool
}

// Command is `serve`.
func Command(s *session.Session) *cobra.Command {
	o := &Options{Session: s}
	cmd := &cobra.Command{
		Use: "serve [ACCOUNT]", Short: "Run a loopback proxy that signs each request with a fresh token", Args: arg.AtMost(1),
		ValidArgsFunction: arg.Account(s),
		Long: "Run a proxy on this machine that signs each request with a fresh token. Programs get\n" +
			"its address and a local key, never a token of the provider.\n\n" +
			"  http://127.0.0.1:8787/anthropic        Anthropic Messages\n" +
			"  http://127.0.0.1:8787/openai/v1        Chat Completions and Responses\n" +
			"  http://127.0.0.1:8787/codex            Codex's paths\n" +
			"  http://127.0.0.1:8787/pool/<name>/…    the same of one pool\n" +
			"  http://127.0.0.1:8787/account/<id>/…   the same of one account\n\n" +
			"Without ACCOUNT it is $HERMES_TUI_ACCOUNT, else the default (`hermes-tui use`) if it speaks what\n" +
			"is asked, else the only pool that speaks what is\n" +
			"asked.",
		Example: "  hermes-tui serve\n  hermes-tui serve --show-key\n  hermes-tui serve minimax/cn --listen 127.0.0.1:8788",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Account = s.Named(args)
			if o.ShowKey || o.RotateKey {
				return o.printKey(cmd.Context())
			}
			return o.Run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Listen.Address, "listen", "127.0.0.1:8787", "`address` to listen on")
	f.BoolVar(&o.Listen.Remote, "allow-remote", false, "allow an address that other machines can reach (takes a certificate)")
	f.StringVar(&o.Listen.CertFile, "tls-cert", "", "certificate, a PEM `file`")
	f.StringVar(&o.Listen.KeyFile, "tls-key", "", "key of the certificate, a PEM `file`")
	f.StringVar(&o.Socket, "socket", "", "listen on a unix socket at this `path` too")
	f.DurationVar(&o.Drain, "drain", 30*time.Second, "how long answers may go on when the proxy ends")
	f.BoolVar(&o.Broker, "broker", false, "hand out access tokens at /broker/credentials, to keys made with --allow tokens")
	f.BoolVar(&o.ShowKey, "show-key", false, "print the local key, making it if there is none")
	f.BoolVar(&o.RotateKey, "rotate-key", false, "replace the local key and print the new one")
	return cmd
}

// printKey prints the local key and a newline, nothing else.
func (o *Options) printKey(ctx context.Context) error {
	accounts, err := o.Open(session.Options{Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	get := accounts.ProxyKey
	if o.RotateKey {
		get = accounts.RotateProxyKey
	}
	key, err := get(ctx)
	if err != nil {
		return err
	}
	o.Line("%s", key.Reveal())
	return nil
}

// Run runs the proxy until the command is told to end.
func (o *Options) Run(ctx context.Context) error {
	log, err := o.Log(slog.LevelInfo)
	if err != nil {
		return err
	}
	accounts, err := o.Open(session.Options{Stays: true, Secrets: true, Log: log})
	if err != nil {
		return err
	}
	switch _, err := accounts.Select(o.Account); {
	case autherr.KindOf(err) == autherr.SignIn:
		log.Warn("no account can serve yet; sign in with `hermes-tui login`, the proxy will see it")
	case o.Account == "" && errors.Is(err, &autherr.Error{Code: autherr.CodeAmbiguousAccount}):
		// each request goes to the only pool that speaks it
	case err != nil:
		return err
	}
	o.NoteAlone(accounts, o.Account)
	serving := chosen(accounts, o.Account)
	if len(paths(serving)) == 0 {
		return unserved(serving)
	}
	whichKey := "Its key: hermes-tui serve --show-key"
	_, err = accounts.ProxyKey(ctx) // it is made now, and not at the first request
	if errors.Is(err, &autherr.Error{Code: autherr.CodeKeyRevoked}) {
		whichKey, err = "Its keys: hermes-tui key list", nil
	}
	if err != nil {
		return err
	}
	listeners, err := o.open(o.handed)
	if err != nil {
		return err
	}
	passed, gone := announce(accounts, listeners, log)
	defer gone()
	server, err := newProxy(o.Session, proxy.Options{
		Accounts: accounts, Keys: accounts, Default: o.Account, Log: log, Drain: o.Drain, Each: true, Broker: o.Broker, Passed: passed,
	})
	if err != nil {
		return err
	}
	for _, l := range listeners {
		if l.Addr().Network() == "unix" {
			o.Line("Also on the socket %s", l.Addr())
			continue
		}
		for _, path := range paths(serving) {
			o.Line("The proxy: %s%s", o.url(l), path)
		}
	}
	o.Line("%s", whichKey)
	defer o.tell(ctx, accounts, log)()
	go accounts.Follow(ctx)
	go accounts.Forget(ctx, server.Forget)
	followPlans(ctx, o.Session, accounts)
	return server.Serve(ctx, listeners...)
}

// followPlans has providers asked what is left of the plans in use, unless the
// configuration says no.
func followPlans(ctx context.Context, s *session.Session, accounts *core.Core) {
	found, err := s.Find()
	if err != nil || found.Config.UsagePolling != nil && !*found.Config.UsagePolling {
		return
	}
	go accounts.FollowPlans(ctx)
}

// tell tells a person who is not here about accounts that need them, in the way
// of their configuration, until the function is called that it returns.
func (o *Options) tell(ctx context.Context, accounts *core.Core, log *slog.Logger) (end func()) {
	found, err := o.Find()
	if err != nil || len(found.Config.Notify.Command) == 0 {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	var under sync.WaitGroup
	under.Go(func() {
		(&notice.Teller{
			Accounts: accounts, Clock: o.Clock, Log: log, Lock: filepath.Join(found.Dirs.State, "notice.lock"),
			Command: found.Config.Notify.Command, SignIn: found.Config.Notify.SignIn,
		}).Run(ctx)
	})
	return func() {
		stop()
		under.Wait()
	}
}
