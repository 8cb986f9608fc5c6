package manual

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// roff is a page of the manual while it is written.
type roff struct{ strings.Builder }

// manPage writes the page of a command from what --help says, and for the
// program itself what holds for all of them.
func manPage(cmd *cobra.Command, date time.Time, version string) string {
	cmd.InitDefaultHelpFlag()
	r := &roff{}
	fmt.Fprintf(r, ".TH %s 1 %q %q \"hermes-tui\"\n", plainRoff(strings.ToUpper(manName(cmd))), date.UTC().Format("January 2006"), "hermes-tui "+version)
	r.section("NAME")
	r.line(manName(cmd) + " - " + strings.ToLower(cmd.Short[:1]) + cmd.Short[1:])
	r.section("SYNOPSIS")
	synopsis := strings.TrimSuffix(strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath()), " [flags]")
	fmt.Fprintf(r, "\\fB%s\\fR [\\fIflags\\fR]%s\n", plainRoff(cmd.CommandPath()), plainRoff(synopsis))
	r.section("DESCRIPTION")
	long := cmd.Long
	if long == "" {
		long = cmd.Short + "."
	}
	r.text(long)
	for _, alias := range cmd.Aliases {
		r.WriteString(".PP\n")
		r.line("`" + cmd.Parent().CommandPath() + " " + alias + "` is the same.")
	}
	r.commands(cmd)
	r.flags("OPTIONS", cmd.NonInheritedFlags())
	r.flags("GLOBAL OPTIONS", cmd.InheritedFlags())
	if cmd.Example != "" {
		r.section("EXAMPLES")
		r.text(cmd.Example)
	}
	if cmd.HasParent() {
		r.section("SEE ALSO")
		r.line(manName(cmd.Parent()) + "(1)")
	} else {
		r.common()
	}
	return r.String()
}

// manName is what a command's page is called.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// hasManPage says whether a command is for people.
func hasManPage(cmd *cobra.Command) bool {
	return cmd.IsAvailableCommand() && !cmd.IsAdditionalHelpTopicCommand()
}

func (r *roff) section(name string) { fmt.Fprintf(r, ".SH %s\n", name) }

// commands lists the commands below one.
func (r *roff) commands(cmd *cobra.Command) {
	if cmd.HasAvailableSubCommands() {
		r.section("COMMANDS")
	}
	for _, sub := range cmd.Commands() {
		if hasManPage(sub) {
			fmt.Fprintf(r, ".TP\n\\fB%s\\fR(1)\n", plainRoff(manName(sub)))
			r.line(sub.Short + ".")
		}
	}
}

// flags lists flags as --help does.
func (r *roff) flags(title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		r.section(title)
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" {
			return
		}
		name, usage := pflag.UnquoteUsage(f)
		r.WriteString(".TP\n")
		if f.Shorthand != "" {
			fmt.Fprintf(r, "\\fB\\-%s\\fR, ", f.Shorthand)
		}
		fmt.Fprintf(r, "\\fB\\-\\-%s\\fR", plainRoff(f.Name))
		if name != "" {
			fmt.Fprintf(r, " \\fI%s\\fR", plainRoff(name))
		}
		r.WriteByte('\n')
		switch f.DefValue {
		case "", "false", "0", "0s", "[]":
		default:
			usage += " (default " + f.DefValue + ")"
		}
		r.line(usage)
	})
}

// common is what holds for all commands.
func (r *roff) common() {
	r.section("EXIT STATUS")
	for _, code := range [][2]string{
		{"0", "done"}, {"1", "failed; also: denied, the code expired, a part failed"}, {"2", "wrong usage"}, {"3", "sign-in needed"},
		{"4", "keystore locked or unavailable, or a record damaged or too large"}, {"5", "network or provider unreachable"},
		{"6", "no account can serve now: all were asked to wait"}, {"126, 127", "the command of exec cannot be run, or was not found"},
		{"129, 130, 143", "ended by HUP, INT, TERM"},
	} {
		fmt.Fprintf(r, ".TP\n\\fB%s\\fR\n%s\n", code[0], plainRoff(code[1]))
	}
	r.section("ENVIRONMENT")
	for _, variable := range [][2]string{
		{"HERMES_TUI_ACCOUNT", "the account of token, serve, exec, connect, usage and guard where none is named"},
		{"HERMES_TUI_HOME", "one folder for configuration, data and state"},
		{"HERMES_TUI_CONFIG", "the configuration file"},
		{"HERMES_TUI_KEYSTORE", "where secrets live: auto, keyring or file"},
		{"HERMES_HOME", "hermes-agent's folder, for import and export"},
		{"NO_COLOR", "no colours"},
	} {
		fmt.Fprintf(r, ".TP\n\\fB%s\\fR\n%s\n", variable[0], plainRoff(variable[1]))
	}
	r.section("FILES")
	for _, file := range [][2]string{
		{"~/.config/hermes-tui/config.toml", "the configuration"},
		{"~/.local/state/hermes-tui", "accounts without their tokens, sealed files, locks, the log"},
		{"~/.local/share/hermes-tui", "the key of the file keystore"},
	} {
		fmt.Fprintf(r, ".TP\n\\fI%s\\fR\n%s\n", plainRoff(file[0]), plainRoff(file[1]))
	}
}

// text writes paragraphs; lines that are indented stay as they are.
func (r *roff) text(text string) {
	verbatim := false
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		indented := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
		if indented != verbatim && (indented || line != "") {
			r.WriteString(map[bool]string{true: ".RS 4\n.EX\n", false: ".EE\n.RE\n"}[indented])
			verbatim = indented
		}
		switch {
		case line == "" && verbatim:
			r.WriteByte('\n')
		case line == "":
			r.WriteString(".PP\n")
		case indented:
			r.line(strings.TrimPrefix(strings.TrimPrefix(line, "\t"), "  "))
		default:
			r.line(strings.TrimLeft(line, "# ")) // cobra's own texts have headings
		}
	}
	if verbatim {
		r.WriteString(".EE\n.RE\n")
	}
}

// quoted is a command in backticks.
var quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("`([^`]+)`") })

// line writes a line of text.
func (r *roff) line(text string) {
	text = quoted().ReplaceAllString(plainRoff(text), `\fB$1\fR`)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	r.WriteString(text + "\n")
}

// plainRoff keeps roff from reading anything into a text; its hyphens can be
// copied.
func plainRoff(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
}
