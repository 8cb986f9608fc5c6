package importing

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// Importer brings accounts over for the window: from hermes-agent's own folder,
// which is looked at anew each time, and from files of other programs.
type Importer struct {
	*core.Core
	home, place string
}

// ForWindow looks in hermes-agent's folder, named as a person writes it.
func ForWindow(s *session.Session, accounts *core.Core) Importer {
	home := hermesHome(s)
	place := home
	if rest, ok := strings.CutPrefix(home, s.Getenv("HOME", "USERPROFILE")+string(filepath.Separator)); ok {
		place = "~" + string(filepath.Separator) + rest
	}
	return Importer{accounts, home, place}
}

// Place implements tui.Importer.
func (i Importer) Place() string { return i.place }

// PlanImport implements tui.Importer.
func (i Importer) PlanImport(context.Context) (*core.ImportPlan, error) {
	sources := hermes.Discover(i.home)
	if len(sources) == 0 {
		return nil, nil
	}
	return i.Core.PlanImport(sources)
}

// PlanFiles implements tui.Importer.
func (i Importer) PlanFiles(_ context.Context, paths []string) (*core.ImportPlan, error) {
	var sources []hermes.Source
	for _, path := range paths {
		sources = append(sources, hermes.Source{Format: hermes.Detect(path, hermes.AuthJSON), Path: path})
	}
	return i.Core.PlanReadable(sources)
}
