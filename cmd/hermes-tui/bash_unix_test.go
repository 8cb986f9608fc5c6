//go:build unix

package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestBareBash: completion works in a bash that has read no file of anybody's, so that
// the package bash-completion is not there.
func TestBareBash(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	bin := b.mkdir("bin")
	if err := os.Symlink(binary, filepath.Join(bin, "hermes-tui")); err != nil {
		t.Fatal(err)
	}
	b.env = append(b.env, "PATH="+bin+":"+os.Getenv("PATH"))
	if err := os.WriteFile(filepath.Join(b.home, "one.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"hermes-tui st": "status", "hermes-tui token ": "work", "hermes-tui pool str": "strategy", "hermes-tui usage --by ac": "account",
		"hermes-tui list --watc": "--watch", "hermes-tui --config on": "one.toml",
	} {
		script := `compopt() { :; }; source <(hermes-tui completion bash) || exit
COMP_LINE=$1; COMP_POINT=${#1}; COMP_TYPE=9; read -ra COMP_WORDS <<<"$1"; [[ $1 == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_hermes-tui && printf '%s\n' "${COMPREPLY[0]%% *}"`
		out, err := b.sh("bash", "--norc", "--noprofile", "-c", script, "bash", line)
		if err != nil || out != want+"\n" {
			t.Errorf("%q completes to %q, %v", line, out, err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "--norc", "--noprofile", "-i")
	cmd.Env, cmd.Dir = append(b.env, "PS1=$ ", "TERM=xterm"), b.home
	x := open(t, cmd, 80, 10, true)
	x.match(`(?m)^\$`)
	x.press("source <(hermes-tui completion bash); echo rea''dy\r")
	x.match(`(?m)^ready`)
	x.press("hermes-tui pool strateg\t")
	x.match(`hermes-tui pool strategy`)
}
