package connect

import (
	"strings"
	"testing"
)

func TestLine_IsWrittenForTheShellOfTheSystem(t *testing.T) {
	words := []string{`C:\Program Files\hermes-tui\hermes-tui.exe`, "--home", `D:\my tokens\`, "token", "minimax-oauth/global"}
	for _, c := range []struct{ os, want string }{
		{"windows", `"C:\Program Files\hermes-tui\hermes-tui.exe" --home "D:\my tokens\\" token minimax-oauth/global`},
		{"linux", `'C:\Program Files\hermes-tui\hermes-tui.exe' --home 'D:\my tokens\' token minimax-oauth/global`},
	} {
		if got := Line(c.os, words...); got != c.want {
			t.Errorf("%s: got %s, want %s", c.os, got, c.want)
		}
	}
	if got, want := powerShellLine(words[0], "token", "it's"), `& 'C:\Program Files\hermes-tui\hermes-tui.exe' token 'it''s'`; got != want {
		t.Errorf("PowerShell: got %s, want %s", got, want)
	}
	if got, want := WindowsWord(`C:\100%\%PATH%\x`), `"C:\100%\%"P"ATH%\x"`; got != want {
		t.Errorf("a percent sign: got %s, want %s", got, want)
	}
}

// What is written for Windows has nothing that cmd.exe or PowerShell does not
// know.
func TestProgram_SnippetsForWindows(t *testing.T) {
	u := miniMax()
	u.OS, u.Command = "windows", []string{`C:\Program Files\h\hermes-tui.exe`, "--home", `C:\Users\me\t`}
	everyForm(t, u, func(t *testing.T, f Form) {
		text := f.Snippet() + strings.Join(f.Notes, "\n")
		for _, posix := range []string{"env HERMES", "export ", "unset ", `'C:\Program Files\h\hermes-tui.exe' --home 'C:`} {
			if strings.Contains(text, posix) && !strings.Contains(text, "& "+posix) {
				t.Errorf("%s stands in it:\n%s", posix, text)
			}
		}
	})
	p, _ := Find("env")
	f, err := p.Form(u, Cmd)
	if err != nil || !strings.Contains(f.Snippet(), `for /f "delims=" %k in ('""C:\Program Files\h\hermes-tui.exe" --home "C:\Users\me\t" serve --show-key"') do`) {
		t.Errorf("%v\n%s", err, f.Snippet())
	}
}

func TestHideSecrets(t *testing.T) {
	for line, want := range map[string]string{
		`  "ANTHROPIC_AUTH_TOKEN": "sk-x",`:                        `  "ANTHROPIC_AUTH_TOKEN": "···",`,
		`  api_key: abc # mine`:                                    `  api_key: ··· # mine`,
		`password = 'p w'`:                                         `password = '···'`,
		`gateway: { auth: { token: 'abc' } }`:                      `gateway: { auth: { token: '···' } }`,
		`key: abcdef`:                                              `key: ···`,
		`Authorization: Bearer abc.def`:                            `Authorization: ···`,
		`x: 0123456789abcdef0123456789abcdef`:                      `x: ···`,
		`u: https://me:pw@o.example/v1`:                            `u: https://···@o.example/v1`,
		`jwt: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.sig`:            `jwt: ···`,
		`"apiKeyHelper": "/usr/bin/hermes-tui token a1b2c3d4e5"`:   `"apiKeyHelper": "/usr/bin/hermes-tui token a1b2c3d4e5"`,
		`"CLAUDE_CODE_API_KEY_HELPER_TTL_MS": "300000"`:            `"CLAUDE_CODE_API_KEY_HELPER_TTL_MS": "300000"`,
		`key_cmd: /usr/bin/hermes-tui token minimax-oauth/global`:  `key_cmd: /usr/bin/hermes-tui token minimax-oauth/global`,
		`key_env: HERMES_TUI_LOCAL_KEY`:                            `key_env: HERMES_TUI_LOCAL_KEY`,
		`"apiKey": "{env:HERMES_TUI_LOCAL_KEY}"`:                   `"apiKey": "{env:HERMES_TUI_LOCAL_KEY}"`,
		`provider: custom:hermes-tui-minimax-oauth-global`:         `provider: custom:hermes-tui-minimax-oauth-global`,
		`max_tokens: 4096`:                                         `max_tokens: 4096`,
		`--- /home/someone/with-a-long-name/.claude/settings.json`: `--- /home/someone/with-a-long-name/.claude/settings.json`,
		`base_url: https://api.minimax.io/anthropic`:               `base_url: https://api.minimax.io/anthropic`,
	} {
		if got := HideSecrets(line); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
