package session

import (
	"cmp"
	"io"
	"log/slog"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Log logs to the standard error, from a level on where nothing else is said.
// Errors that end a command are printed, so that it logs only what nobody would
// see otherwise.
func (s *Session) Log(byDefault slog.Level) (*slog.Logger, error) { return s.logTo(s.Err, byDefault) }

// FileLog logs for a window, into the state folder.
func (s *Session) FileLog() (*slog.Logger, error) {
	found, err := s.Find()
	if err != nil {
		return nil, err
	}
	file := &logFile{path: filepath.Join(found.Dirs.State, "hermes-tui.log")}
	log, err := s.logTo(file, slog.LevelInfo)
	if err != nil {
		return nil, err
	}
	s.log = file
	return log, record.Open(record.Options{Dir: found.Dirs.State}).Ensure()
}

// logTo goes by the level of the flag, then of the environment, then of the
// configuration.
func (s *Session) logTo(w io.Writer, level slog.Level) (*slog.Logger, error) {
	found, err := s.Find()
	if err != nil {
		return nil, err
	}
	if text := cmp.Or(s.Flags.LogLevel, s.Env("HERMES_TUI_LOG_LEVEL"), found.Config.LogLevel); text != "" {
		if err := level.UnmarshalText([]byte(text)); err != nil {
			return nil, exit.Usage("there is no log level "+text, "use debug, info, warn or error")
		}
	}
	return slog.New(secret.NewHandler(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}), secret.NewScrubber())), nil
}
