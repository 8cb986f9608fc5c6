package sandbox

import (
	"slices"
	"testing"
)

func TestHints_ForEachShellOfTheSystem(t *testing.T) {
	const url = "http://127.0.0.1:8123"
	for os, want := range map[string][]string{
		"linux": {
			"In another terminal:",
			`  export HERMES_TUI_HOME="$(mktemp -d)"`,
			`  export HERMES_TUI_MINIMAX_OAUTH_URL="` + url + `"`,
			`  export HERMES_TUI_MINIMAX_INFERENCE_URL="` + url + `/anthropic"`,
			"  hermes-tui login",
		},
		"windows": {
			"In another terminal, in cmd.exe:",
			`  set "HERMES_TUI_HOME=%TEMP%\hermes-tui-try"`,
			`  set "HERMES_TUI_MINIMAX_OAUTH_URL=` + url + `"`,
			`  set "HERMES_TUI_MINIMAX_INFERENCE_URL=` + url + `/anthropic"`,
			"  hermes-tui login",
			"In another terminal, in PowerShell:",
			`  $env:HERMES_TUI_HOME = "$env:TEMP\hermes-tui-try"`,
			`  $env:HERMES_TUI_MINIMAX_OAUTH_URL = "` + url + `"`,
			`  $env:HERMES_TUI_MINIMAX_INFERENCE_URL = "` + url + `/anthropic"`,
			"  hermes-tui login",
		},
	} {
		if got := hints(os, url, "hermes-tui login"); !slices.Equal(got, want) {
			t.Errorf("%s: %q\nwant %q", os, got, want)
		}
	}
	quoted := shells("windows")[1].lines(url, `"C:\a b\hermes-tui.exe" login`)
	if quoted[3] != `& "C:\a b\hermes-tui.exe" login` {
		t.Errorf("PowerShell does not run %s", quoted[3])
	}
}
