package main

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// importer brings accounts over for the window: from hermes-agent's own folder,
// which is looked at anew each time.
type importer struct {
	*core.Core
	home, place string
}

// newImporter looks in hermes-agent's folder, named as a person writes it.
func (a *app) newImporter(accounts *core.Core) importer {
	home := a.hermesHome()
	place := home
	if rest, ok := strings.CutPrefix(home, a.Getenv("HOME", "USERPROFILE")+string(filepath.Separator)); ok {
		place = "~" + string(filepath.Separator) + rest
	}
	return importer{accounts, home, place}
}

// Place implements tui.Importer.
func (i importer) Place() string { return i.place }

// PlanImport implements tui.Importer.
func (i importer) PlanImport(context.Context) (*core.ImportPlan, error) {
	sources := hermes.Discover(i.home)
	if len(sources) == 0 {
		return nil, nil
	}
	return i.Core.PlanImport(sources)
}
