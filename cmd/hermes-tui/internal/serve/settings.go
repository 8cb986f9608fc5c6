package serve

import (
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// overrule keeps a program's own files from leading it around the proxy. What
// stands in Claude Code's settings goes before its environment; for this run it
// gets settings that go before those. What goes before these too is named. done
// deletes what was made for the run.
func (o *ExecOptions) overrule(p connect.Program, env, arguments []string) (over []string, done func(), err error) {
	done = func() {}
	w := foreign.World(o.Session)
	path, err := p.Path(w)
	if err != nil {
		return arguments, done, nil // a program that does not find its own file has no settings
	}
	given := slices.ContainsFunc(arguments, func(word string) bool { return word == "--settings" || strings.HasPrefix(word, "--settings=") })
	can := p.Overrules && !given
	needed := false
	for _, rival := range p.Overruling(w, path) {
		if can && !rival.Managed {
			needed = true
			continue
		}
		o.Note("%s goes before what exec sets for %s", secret.Clean(rival.String(), 1000), p.Name)
	}
	if !needed {
		return arguments, done, nil
	}
	file, err := claudeSettings(env)
	if err != nil {
		return nil, done, err
	}
	return append([]string{"--settings", file}, arguments...), func() { _ = os.Remove(file) }, nil
}

// claudeSettings is a file of settings that repeats what the environment says,
// and takes away what it does not say. The key in it is good for this run only.
func claudeSettings(env []string) (string, error) {
	claude, _ := connect.ByCommand("claude")
	values := map[string]string{}
	for _, name := range claude.Variables() {
		values[name] = ""
	}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if name == "ANTHROPIC_BASE_URL" || name == "ANTHROPIC_AUTH_TOKEN" || slices.Contains(connect.ModelVariables(), name) {
			values[name] = value
		}
	}
	text, err := json.Marshal(map[string]any{"env": values})
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp("", "hermes-tui-exec-*.json") // 0600
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return "", err
	}
	return file.Name(), nil
}
