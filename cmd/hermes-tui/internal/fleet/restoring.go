package fleet

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/host"
)

func acceptRestoreCommand(s *session.Session) *cobra.Command {
	yes, o := false, host.Accepting{}
	cmd := &cobra.Command{
		Use: "accept-restore", Short: "Go on with an etcd that was restored from a backup", Args: arg.Exactly(0),
		Long: "Go on with an etcd that was restored from a backup. A host that finds it older than what it\n" +
			"has seen stops the whole fleet: tokens are served until they end, and nothing is refreshed.\n" +
			"This waits until every host has handed in the newest that it has seen, which a window or a\n" +
			"`serve` does by itself, and any command, as `hermes-tui fleet status`. Then it puts the\n" +
			"newest into the etcd, and the fleet goes on.\n\n" +
			"A host that is lost is named with --without. What it may have seen last is then unknown, so\n" +
			"that each token is served to its end before its refresh token is sent.",
		Example: "  hermes-tui fleet accept-restore\n  hermes-tui fleet accept-restore --without laptop-3",
		RunE: func(cmd *cobra.Command, _ []string) error {
			question := "Put what the hosts have seen into the restored etcd, and go on?"
			if len(o.Without) > 0 {
				question = "Put what the hosts have seen into the restored etcd, and go on without what " + strings.Join(o.Without, ", ") + " has?"
			}
			if err := confirm(s, (*host.Host).Belongs, question, yes); err != nil {
				return err
			}
			return acceptRestore(cmd.Context(), s, o)
		},
	}
	s.AsJSON(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.Without, "without", nil, "do not wait for the `host`, which is lost")
	f.DurationVar(&o.Wait, "wait", 2*time.Minute, "how long to wait for the hosts")
	f.BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// acceptedJSON is `fleet accept-restore --json`. Fields are only ever added.
type acceptedJSON struct {
	Fleet     string   `json:"fleet"`
	Waited    bool     `json:"waited"` // whether a restored etcd waited at all
	Heard     []string `json:"heard"`
	Without   []string `json:"without"`
	Accounts  []string `json:"accounts"`
	Pairs     []string `json:"tokens_of_hosts"` // of which the etcd did not know
	Uncertain []string `json:"uncertain"`
	Lost      []string `json:"need_sign_in"`
	Left      []string `json:"left"`
	Keys      bool     `json:"keys_uncertain"` // what those without changed of the fleet's keys for programs is not known
}

func acceptRestore(ctx context.Context, s *session.Session, o host.Accepting) error {
	all, err := accounts(s)
	if err != nil {
		return err
	}
	o.Missing = func(names []string) {
		s.Note("waiting for %s: `hermes-tui fleet status` there is enough …", strings.Join(names, ", "))
	}
	done, err := all.Host().AcceptRestore(ctx, o)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.WriteJSON(toAcceptedJSON(done))
	}
	if done.Nothing {
		s.Line("no restored etcd waits to be accepted")
		return nil
	}
	for id, err := range done.Left {
		s.Note("%s: %v", id, err)
	}
	s.Line("the etcd is the fleet's again, with the newest that was seen of %[2]s by %[1]s", strings.Join(done.Heard, ", "), counted(len(done.Accounts)))
	if n := len(done.Pairs); n > 0 {
		s.Line("%s got tokens that a host had and the etcd had not", counted(n))
	}
	if n := len(done.Uncertain); n > 0 {
		s.Line("%s: what was seen by %s is not known, so that each token is served to its end before it is refreshed", counted(n), strings.Join(done.Unheard, ", "))
	}
	if n := len(done.Lost); n > 0 {
		s.Line("%s: nobody has the newest tokens, and a sign-in is needed", counted(n))
	}
	if done.Clients {
		s.Line("what %s changed of the fleet's keys for programs is not known: one that was revoked there may hold again, and one that was made there may be lost; look at `hermes-tui key list`, and revoke or make it anew", strings.Join(done.Unheard, ", "))
	}
	return nil
}

func toAcceptedJSON(done host.Accepted) acceptedJSON {
	list := func(of []string) []string { return slices.Concat([]string{}, of) }
	out := acceptedJSON{
		Fleet: done.Fleet, Waited: !done.Nothing, Heard: list(done.Heard), Without: list(done.Unheard), Accounts: list(done.Accounts),
		Pairs: list(done.Pairs), Uncertain: list(done.Uncertain), Lost: list(done.Lost), Left: []string{},
		Keys: done.Clients,
	}
	for id := range done.Left {
		out.Left = append(out.Left, id)
	}
	slices.Sort(out.Left)
	return out
}
