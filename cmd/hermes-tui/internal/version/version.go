// Package version is which version of hermes-tui this is, and the command that says so.
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// String is what the build says of itself: a tag, else the commit.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	commit, dirty := "devel", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			commit = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	return commit + dirty
}

// Command is `version`.
func Command(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: arg.Exactly(0),
		RunE: func(*cobra.Command, []string) error {
			if s.JSON {
				return s.WriteJSON(map[string]string{
					"version": String(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
				})
			}
			_, err := fmt.Fprintf(s.Out, "hermes-tui %s (%s, %s/%s)\n", String(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	s.AsJSON(cmd)
	return cmd
}
