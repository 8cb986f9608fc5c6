package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Run shows the window until the person quits or ctx ends; both return nil. The
// terminal is restored in every case. Options of the program can be added, such
// as its input and output.
func Run(ctx context.Context, o Options, more ...tea.ProgramOption) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.NoColor && o.Profile <= colorprofile.ASCII {
		// Colours are left out by the styles. The renderer must not strip those
		// of the QR, which scans only as black on white.
		o.Profile = colorprofile.ANSI
	}
	f := newFrames(o.Clock)
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(ownFrames), tea.WithFilter(f.filter)}
	if o.Profile != colorprofile.Unknown {
		options = append(options, tea.WithColorProfile(o.Profile))
	}
	m := newModel(ctx, o)
	defer m.cancel()
	program := tea.NewProgram(led{m, f}, append(options, more...)...)
	f.lead(program)
	_, err := program.Run()
	if err != nil && ctx.Err() != nil {
		return nil
	}
	return err
}
