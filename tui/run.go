package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// framesPerSecond is how often the screen may change. A key press waits at most
// one frame for its picture; the frame clock runs also while nothing changes.
const framesPerSecond = 30

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
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(framesPerSecond)}
	if o.Profile != colorprofile.Unknown {
		options = append(options, tea.WithColorProfile(o.Profile))
	}
	m := newModel(ctx, o)
	defer m.cancel()
	_, err := tea.NewProgram(m, append(options, more...)...).Run()
	if err != nil && ctx.Err() != nil {
		return nil
	}
	return err
}
