package doctor

import (
	"cmp"
	"encoding/json"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/desktop"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/tui"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// colours says by what the window chooses its colours in the terminal that a command
// runs in, a sentence; empty where that is none. The terminal is not asked.
func colours(s *session.Session, found *setup.Setup) string {
	name := desktop.Terminal(&s.World)
	theme := cmp.Or(found.Config.Theme, "auto")
	answer := answered(found.Dirs.State, name)
	ground := desktop.Background(&s.World)
	switch {
	case name == "":
		return ""
	case theme != "auto" && theme != "high-contrast":
		return "the configuration says which colours the window takes: " + theme
	case answer != "":
		return name + " answered the window that its background is " + answer
	case ground == style.Dark:
		return "COLORFGBG says that the background is dark"
	case ground == style.Light:
		return "COLORFGBG says that the background is light"
	default:
		return name + " has not told the window its background: it takes colours that suit dark and light ones (--theme dark or light chooses)"
	}
}

// answered is what a terminal told a window of its background, as that remembered it.
func answered(state, terminal string) string {
	var have tui.Memory
	data, err := atomicfile.Read(filepath.Join(state, "ui.json"), 1<<20)
	if err != nil || json.Unmarshal(data, &have) != nil {
		return ""
	}
	return have.Backgrounds[terminal]
}
