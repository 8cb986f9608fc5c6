// Package sandbox is the command that runs a portal on this machine, the flags of
// such a portal, and the throw-away home in which a window tries it.
package sandbox

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/program"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// Flags are the flags of `sandbox`, which --sandbox takes too.
type Flags struct {
	listen      string
	accessTTL   time.Duration
	expiredIn   string
	autoApprove time.Duration
	faults      []string
	plan        string
	requests    int
}

// Add adds the flags to a command, and returns their names.
func (f *Flags) Add(cmd *cobra.Command) (names []string) {
	p := pflag.NewFlagSet("sandbox", pflag.ContinueOnError)
	p.StringVar(&f.listen, "listen", "127.0.0.1:0", "loopback `address` of the sandbox")
	p.DurationVar(&f.accessTTL, "access-ttl", 90*time.Second, "life of the sandbox's access tokens")
	p.StringVar(&f.expiredIn, "expired-in", "ms", "what the sandbox's expired_in means: ms, ttl or epoch")
	p.DurationVar(&f.autoApprove, "auto-approve", 0, "approve sign-ins in the sandbox by itself after this long")
	p.StringVar(&f.plan, "plan", "percent", "how the sandbox tells what is left of a plan: percent, remaining, used, counts, old, denied or none")
	p.IntVar(&f.requests, "plan-requests", 1500, "how many requests in five hours each account has in the sandbox")
	p.StringArrayVar(&f.faults, "fault", nil, "let the sandbox misbehave, `NAME[@WHERE][:COUNT]`; `hermes-tui sandbox --help` lists the names")
	cmd.Flags().AddFlagSet(p)
	arg.Flag(cmd, "expired-in", arg.OneOf("ms", "ttl", "epoch"))
	arg.Flag(cmd, "plan", arg.OneOf("percent", "remaining", "used", "counts", "old", "denied", "none"))
	arg.Flag(cmd, "fault", arg.Each(faultWords))
	p.VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	return names
}

// faultWords are the faults as a shell shows them.
func faultWords() []string {
	names, help := sandbox.FaultNames()
	for i := range names {
		names[i] = cobra.CompletionWithDesc(names[i], help[i])
	}
	return names
}

// faultHelp lists the faults.
func faultHelp() string {
	var b strings.Builder
	b.WriteString("Faults (WHERE is code, poll, refresh, all, model or openai; without COUNT every request is hit):\n")
	names, help := sandbox.FaultNames()
	for i, name := range names {
		fmt.Fprintf(&b, "  %-18s %s\n", name, help[i])
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Start checks the flags and starts the sandbox. Its page calls refresh tokens by what
// naming returns, which may be nil.
func (f *Flags) Start(log *slog.Logger, naming func(refreshToken string) string) (*sandbox.Server, error) {
	meaning, err := sandbox.ParseExpiredIn(f.expiredIn)
	if err != nil {
		return nil, exit.Usage(err.Error(), "`hermes-tui sandbox --help` shows the flags")
	}
	if f.accessTTL <= 0 || f.autoApprove < 0 {
		return nil, exit.Usage("a time of the sandbox is not positive", "give one such as 90s")
	}
	var faults []sandbox.Fault
	for _, text := range f.faults {
		fault, err := sandbox.ParseFault(text)
		if err != nil {
			return nil, exit.Usage(err.Error(), "`hermes-tui sandbox --help` shows the faults")
		}
		faults = append(faults, fault)
	}
	plan, err := sandbox.ParsePlanShape(f.plan)
	if err != nil {
		return nil, exit.Usage(err.Error(), "`hermes-tui sandbox --help` shows the flags")
	}
	if f.requests < 1 {
		return nil, exit.Usage(fmt.Sprintf("--plan-requests is %d", f.requests), "give a plan one request at least")
	}
	s := sandbox.New(sandbox.Options{
		AccessTTL: f.accessTTL, ExpiredIn: meaning, AutoApprove: f.autoApprove, Plan: plan, PlanRequests: f.requests, Faults: faults, Logger: log, TokenName: naming,
	})
	if err := s.Listen(f.listen); err != nil {
		return nil, exit.Usage(err.Error(), "choose another with --listen")
	}
	return s, nil
}

// Stop ends a sandbox; requests that hang in it are cut.
func Stop(s *sandbox.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = s.Close(ctx)
}

// Command is `sandbox`.
func Command(s *session.Session) *cobra.Command {
	var f Flags
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Run a MiniMax-compatible portal and model endpoint on this machine", Args: arg.Exactly(0),
		Long: "Run a MiniMax-compatible portal on loopback, to try everything without an account.\n" +
			"Its page approves, denies and revokes sign-ins. Other programs that sign in to\nMiniMax can use it too.\n\n" +
			"Under /anthropic it serves the Messages API for its own access tokens: the model says\nback what it reads, and calls a tool when it reads `call NAME with {…}`. /stats counts.\n" +
			"Under /v1 and /backend-api/codex it serves Chat Completions and Responses, for tokens of\nits sign-ins and for API keys that begin with sk-sandbox-, xai-sandbox- or sk-or-sandbox-.\n\n" + faultHelp(),
		RunE: func(cmd *cobra.Command, _ []string) error { return Run(cmd.Context(), s, &f) },
	}
	f.Add(cmd)
	return cmd
}

// Run runs the portal until the command is told to end.
func Run(ctx context.Context, s *session.Session, f *Flags) error {
	log, err := s.Log(slog.LevelInfo)
	if err != nil {
		return err
	}
	portal, err := f.Start(log, nil)
	if err != nil {
		return err
	}
	defer Stop(portal)
	s.Line("The sandbox's portal: %s", portal.URL())
	for _, line := range hints(runtime.GOOS, portal.URL(), program.Typed(s, "login")) {
		s.Line("%s", line)
	}
	s.Line("Stop it with ctrl+c.")
	<-ctx.Done()
	return nil
}

// Server is the portal.
type Server = sandbox.Server
