// Package key is the commands about the keys that programs show to the proxy: key
// add, list and revoke. Which accounts and models each opens is decided where it
// is added.
package key

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// Command is `key`.
func Command(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "key", Short: "Make, list and revoke the keys that programs show to the proxy", Args: arg.Exactly(0),
		Long: "Give each program that uses `hermes-tui serve` a key of its own: bound to an account, a\n" +
			"pool or some models, good for a while, and revoked without touching the others. Log and\n" +
			"metrics of the proxy name the key of each request.\n\n" +
			"The key called default is the one that `hermes-tui serve --show-key` prints; every\n" +
			"program may share it until it is revoked.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(addCommand(s), listCommand(s), revokeCommand(s))
	return cmd
}

// AddOptions are what add was asked for.
type AddOptions struct {
	*session.Session
	serve.ClientKeyOptions
	expires string
	allow   []string
	limits  []string
}

func addCommand(s *session.Session) *cobra.Command {
	o := &AddOptions{Session: s}
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Make a key and print it", Args: arg.Exactly(1),
		Long: "Make a key for a program and print it, once: what is kept is a hash, sealed like the\n" +
			"tokens. Without --pool and --account it opens whatever the proxy serves. With --fleet\n" +
			"the proxy of every owner of the fleet takes it.",
		Example: "  hermes-tui key add editor\n  hermes-tui key add ci --account work --expires 30d\n" +
			"  hermes-tui key add cheap --pool minimax --model 'MiniMax-M2*' --limit 200k-tokens/day",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Name = args[0]
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	f := cmd.Flags()
	f.StringVar(&o.Pool, "pool", "", "the `pool` that it opens, and no other")
	f.StringVar(&o.Account, "account", "", "the `account` that it opens, and no other")
	f.StringVar(&o.Model, "model", "", "the models that it may ask for, a `pattern` with * and ?")
	f.StringVar(&o.expires, "expires", "", "how long it is good for, a `time` such as 30d, 2w or 12h; without it, until it is revoked")
	f.StringArrayVar(&o.allow, "allow", nil, "what it may be used for, a `right`: proxy (the default) or tokens; may be repeated")
	f.BoolVar(&o.Fleet, "fleet", false, "every owner of the fleet takes it; else this host alone does")
	f.StringArrayVar(&o.limits, "limit", nil, "how much it may use in an hour, a day or a week, a `limit` such as 50-requests/hour or 200k-tokens/day; may be repeated")
	arg.Flag(cmd, "pool", arg.Each(arg.Providers(s)))
	arg.Flag(cmd, "account", arg.Each(arg.Accounts(s)))
	var rights []string
	for _, right := range clientkey.Rights() {
		rights = append(rights, string(right))
	}
	arg.Flag(cmd, "allow", arg.OneOf(rights...))
	return cmd
}

// Run makes the key.
func (o *AddOptions) Run(ctx context.Context) error {
	if o.expires != "" {
		life, err := clientkey.ParseLife(o.expires)
		if err != nil {
			return err
		}
		o.Life = life
	}
	for _, name := range o.allow {
		right, err := clientkey.ParseRight(name)
		if err != nil {
			return err
		}
		o.Allow = append(o.Allow, right)
	}
	for _, text := range o.limits {
		limit, err := budget.Parse(text)
		if err != nil {
			return err
		}
		o.Limits = append(o.Limits, limit)
	}
	accounts, err := o.Open(session.Options{Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	made, err := accounts.AddClientKey(ctx, o.ClientKeyOptions)
	if err != nil {
		return err
	}
	if o.JSON {
		out := toJSON(accounts, serve.ListedClientKey{Key: made.Key}, o.Clock.Now())
		return o.WriteJSON(struct {
			keyJSON
			Key string `json:"key"`
		}{out, made.Secret.Reveal()})
	}
	o.Line("%s", made.Secret.Reveal())
	o.Note("this key is shown only once; `hermes-tui key revoke %s` revokes it", made.Name)
	return nil
}

func revokeCommand(s *session.Session) *cobra.Command {
	all, fleet := false, false
	cmd := &cobra.Command{
		Use: "revoke [NAME]", Short: "Revoke a key at once", Args: arg.AtMost(1), ValidArgsFunction: arg.First(names(s)),
		Long: "Revoke a key: the proxy refuses it from the next request on, and cuts what it is\n" +
			"answering with it within a second or two. `default` is the one that\n" +
			"`hermes-tui serve --show-key` prints; `hermes-tui serve --rotate-key` makes it anew.",
		Example: "  hermes-tui key revoke editor\n  hermes-tui key revoke default",
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return exit.Usage("key revoke takes the name of a key, or --all", "`hermes-tui key list` shows which there are")
			}
			return Revoke(cmd.Context(), s, args, fleet)
		},
	}
	cmd.Flags().BoolVar(&fleet, "fleet", false, "the fleet's key of this name, also where this host has one, too; with --all, every key of the fleet")
	cmd.Flags().BoolVar(&all, "all", false, "every key but the default one, also where their record is damaged")
	return cmd
}

// Revoke takes the keys of these names away; without one, all but the default one.
func Revoke(ctx context.Context, s *session.Session, args []string, fleet bool) error {
	accounts, err := s.Open(session.Options{Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	if len(args) == 0 {
		if err := accounts.RevokeClientKeys(ctx, fleet); err != nil {
			return err
		}
		if fleet {
			s.Line("All client keys of the fleet are revoked. Each host's own stay.")
			return nil
		}
		s.Line("All client keys are revoked. The default key stays.")
		return nil
	}
	if err := accounts.RevokeClientKey(ctx, args[0], fleet); err != nil {
		return err
	}
	s.Line("The key %s is revoked.", args[0])
	return nil
}

// names are the keys' for a shell to complete. Where that would open a keystore
// which asks, there are none.
func names(s *session.Session) func() []string {
	return func() (found []string) {
		accounts, err := s.Open(session.Options{Alone: true, AnyStore: true, Looks: true})
		if err != nil {
			return nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		keys, _ := accounts.ClientKeys(ctx)
		for _, k := range keys {
			found = append(found, k.Name)
		}
		return found
	}
}
