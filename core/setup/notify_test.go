package setup

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func TestNotify(t *testing.T) {
	for text, want := range map[string]Notify{
		"":                               {},
		"notify = []":                    {Ways: []string{}},
		`notify = ["bell", "desktop"]`:   {Ways: []string{"bell", "desktop"}},
		"[notify]\nways = [\"bell\"]":    {Ways: []string{"bell"}},
		"[notify]\ncommand = [\"ntfy\"]": {Command: []string{"ntfy"}},
		"[notify]\ncommand = [\"ntfy\", \"--to\", \"me\"]\nsign_in = true\nways = []": {Command: []string{"ntfy", "--to", "me"}, SignIn: true, Ways: []string{}},
	} {
		got, err := readNotify(t, text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, why := range map[string]string{
		`notify = "bell"`:                                "notify is a list of texts",
		`notify = [1]`:                                   "notify is a list of texts",
		"[notify]\nway = [\"bell\"]":                     "there is no setting notify.way",
		"[notify]\ncommand = \"ntfy\"":                   "notify.command is a list of texts",
		"[notify]\ncommand = []":                         "notify.command names no command",
		"[notify]\ncommand = [\"\"]":                     "notify.command names no command",
		"[notify]\ncommand = [\"x\"]\nsign_in = \"yes\"": "notify.sign_in is true or false",
		"[notify]\nsign_in = true":                       "notify.sign_in needs notify.command",
		"nottify = []":                                   `a setting "nottify"`,
	} {
		if _, err := readNotify(t, text); autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", text, err, why)
		}
	}
}

func readNotify(t *testing.T, text string) (Notify, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := ReadConfig(path, true)
	return c.Notify, err
}
