package main

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/console"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/proxy"
)

// Exit codes of `exec` when the command did not start, as shells have them.
const (
	exitCannotRun = 126
	exitNotFound  = 127
)

func (a *app) execCommand() *cobra.Command {
	var keyVariables []string
	cmd := &cobra.Command{
		Use: "exec [ACCOUNT] -- CMD [ARG]...", Short: "Run a command with a proxy of its own in its environment",
		Long: "Run a command with a loopback proxy of its own, which signs each of its requests with\n" +
			"a fresh token. The command finds the proxy in ANTHROPIC_BASE_URL and a key that is good\n" +
			"for this run only in ANTHROPIC_AUTH_TOKEN. Input, output, signals and the exit code are\n" +
			"the command's own.\n\n" +
			"Without ACCOUNT it is $HERMES_TUI_ACCOUNT, else the only pool there is.",
		Example: "  hermes-tui exec -- claude\n  hermes-tui exec work -- python agent.py\n" +
			"  hermes-tui exec --key-in ANTHROPIC_API_KEY -- opencode   # for programs that know x-api-key only",
		RunE: func(cmd *cobra.Command, args []string) error {
			dash := cmd.ArgsLenAtDash()
			if dash < 0 || dash > 1 || dash == len(args) {
				return exit.Usage("exec takes at most one account, then -- and a command", "such as `hermes-tui exec work -- claude`")
			}
			name := a.Env("HERMES_TUI_ACCOUNT")
			if dash == 1 {
				name = args[0]
			}
			return a.exec(cmd.Context(), name, args[dash:], keyVariables)
		},
	}
	cmd.Flags().StringArrayVar(&keyVariables, "key-in", nil, "set this environment `variable` to the key as well")
	return cmd
}

// exec runs the command beside a proxy.
func (a *app) exec(ctx context.Context, name string, command, keyVariables []string) error {
	if _, err := a.Find(); err != nil {
		return err
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return a.notStarted(command[0], err)
	}
	program, known := connect.ByCommand(command[0])
	if program.FileOnly {
		return exit.Usage(program.Name+" reads the address of its provider from its own file only, so that `exec` would change nothing",
			"use `hermes-tui connect "+program.ID+"` with an account that it can use, and start it by itself")
	}
	log, err := a.Log(slog.LevelError)
	if err != nil {
		return err
	}
	accounts, err := a.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot, Log: log})
	if err != nil {
		return err
	}
	// A renewal that fails for the moment is over in seconds or minutes: the
	// command may well outlive it.
	if err := accounts.Servable(name); err != nil && autherr.KindOf(err) != autherr.Network {
		return err
	}
	key, err := a.runKey()
	if err != nil {
		return err
	}
	l, err := proxy.Listen(proxy.ListenOptions{Address: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	always := func(context.Context) (secret.Secret, error) { return key, nil }
	server, err := a.newProxy(accounts, name, always, log, time.Second)
	if err != nil {
		return err
	}
	env := withModel(childEnv(a.Environ, l.Addr(), key, keyVariables, program.Variables()), usualModel(accounts, name))
	arguments := command[1:]
	if known {
		over, done, err := a.overrule(program, env, arguments)
		if err != nil {
			return err
		}
		defer done()
		arguments = over
	}
	child := exec.Command(path, arguments...)
	child.Args[0] = command[0]
	child.Stdin, child.Stdout, child.Stderr = a.In, console.Raw(a.Out), console.Raw(a.Err)
	child.Env = env
	ctx, end := context.WithCancel(context.WithoutCancel(ctx)) // signals are the command's
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, l) }()
	go accounts.Forget(ctx, server.Forget)
	err = a.runChild(child)
	end()
	if broke := <-served; err == nil {
		err = broke
	}
	return err
}

// runChild runs the command to its end and returns its exit code as an error.
func (a *app) runChild(child *exec.Cmd) error {
	signals := takeSignals()
	defer signals.giveBack()
	if err := child.Start(); err != nil {
		return a.notStarted(child.Args[0], err)
	}
	go signals.passOn(child.Process)
	err := child.Wait()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ended):
		return exit.Silent(endCode(ended.ProcessState))
	default:
		return err
	}
}

// notStarted says why the command is not running, with the exit code that a
// shell would give.
func (a *app) notStarted(name string, err error) error {
	code := exitCannotRun
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = exitNotFound
	}
	var lookup *exec.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &lookup):
		err = lookup.Err
	case errors.As(err, &path):
		err = path.Err
	}
	a.Fail(exit.Usage("cannot run "+name+": "+err.Error(), "check the command behind --"))
	return exit.Silent(code)
}

// runKey is a key that is good for one run only.
func (a *app) runKey() (secret.Secret, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(a.Random, b); err != nil {
		return secret.Secret{}, err
	}
	return secret.New("htui_run_" + hex.EncodeToString(b)), nil
}

// conflicting are variables with which a program would go around the proxy: keys
// that it would send instead, and switches to other providers. Most programs
// that read Anthropic's variables read them as Claude Code does.
func conflicting(program []string) []string {
	claude, _ := connect.ByCommand("claude")
	return slices.Concat(claude.Variables(), program, []string{
		"ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "ANTHROPIC_API_URL", "HERMES_TUI_LOCAL_KEY", "HERMES_TUI_PROXY_URL",
	})
}

// usualModel is the model of the accounts that name means.
func usualModel(accounts *core.Core, name string) string {
	found, err := accounts.Select(name)
	if err != nil {
		return ""
	}
	return connect.UsualModel(found[0].Provider)
}

// withModel names the provider's model to Claude Code where the person has named
// none: it would ask for one of Anthropic's, which others refuse.
func withModel(env []string, model string) []string {
	for _, name := range connect.ModelVariables() {
		set := slices.ContainsFunc(env, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
		if model != "" && !set {
			env = append(env, name+"="+model)
		}
	}
	return env
}

// childEnv is the environment of the command: its own, with what leads to the
// proxy in the place of what leads elsewhere.
func childEnv(environ []string, at net.Addr, key secret.Secret, keyVariables, program []string) []string {
	url := "http://" + at.String()
	set := map[string]string{
		"ANTHROPIC_BASE_URL":     url + "/anthropic",
		"ANTHROPIC_API_BASE":     url + "/anthropic", // litellm, aider
		"ANTHROPIC_AUTH_TOKEN":   key.Reveal(),
		connect.LocalKeyVariable: key.Reveal(),
		"HERMES_TUI_PROXY_URL":   url,
	}
	for _, name := range keyVariables {
		set[name] = key.Reveal()
	}
	drop := conflicting(program)
	env := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		_, ours := set[name]
		return ours || slices.Contains(drop, name)
	})
	for name, value := range set {
		env = append(env, name+"="+value)
	}
	return noProxy(env, "127.0.0.1")
}

// noProxy keeps requests to host away from a proxy that the environment names.
// Programs read one of the two spellings, so that both get the same list: what
// stands in either, and host.
func noProxy(env []string, host string) []string {
	var hosts []string
	rest := slices.DeleteFunc(env, func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		if name != "NO_PROXY" && name != "no_proxy" {
			return false
		}
		for one := range strings.SplitSeq(value, ",") {
			if one = strings.TrimSpace(one); one != "" && !slices.Contains(hosts, one) {
				hosts = append(hosts, one)
			}
		}
		return true
	})
	if !slices.Contains(hosts, host) && !slices.Contains(hosts, "*") {
		hosts = append(hosts, host)
	}
	list := strings.Join(hosts, ",")
	return append(rest, "NO_PROXY="+list, "no_proxy="+list)
}

// endCode is the exit code of a process that has ended.
func endCode(state *os.ProcessState) int {
	if signal, ok := endSignal(state); ok {
		return 128 + signal
	}
	return state.ExitCode()
}
