package session

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/shape"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
)

// AsData adds --json to a command that lists something, and what makes something
// else of it: --jq and --format.
func (s *Session) AsData(cmd *cobra.Command) {
	s.AsJSON(cmd)
	cmd.Flags().Func("jq", "what jq makes of the JSON by this `expression`", func(expression string) error {
		s.JSON, s.Words, s.query = true, true, expression
		return nil
	})
	cmd.Flags().Func("format", "a line for each row by this `template`, such as '{label} {state}'", func(text string) (err error) {
		s.JSON, s.Words = true, true
		s.template, err = shape.Parse(text)
		return err
	})
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if s.template != nil && (s.query != "" || cmd.Flags().Changed("json")) {
			return exit.Usage("--format cannot be combined with --json or --jq", "use one of them")
		}
		return nil
	}
}

// WriteData writes what --json, --jq or --format asked for: the whole, or a line for
// each of its rows, which are a slice.
func (s *Session) WriteData(whole, rows any) error {
	switch {
	case s.template != nil:
		return s.writeLines(rows)
	case s.query != "":
		text, err := json.Marshal(whole)
		if err != nil {
			return err
		}
		return shape.Jq(s.query, string(text), s.Out, s.Err)
	default:
		return s.WriteJSON(whole)
	}
}

// writeLines writes rows by the template. On a terminal its tabs line up.
func (s *Session) writeLines(rows any) error {
	if err := s.template.Check(reflect.TypeOf(rows).Elem()); err != nil {
		return exit.Usage("--format: "+err.Error(), "docs/config.md says what they are")
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var values []any
	if err := decoder.Decode(&values); err != nil {
		return err
	}
	lines := &table.Table{}
	for _, value := range values {
		line := s.template.Line(value, s.Clock.Now())
		if s.Piped() || !strings.Contains(line, "\t") || strings.Contains(line, "\n") {
			s.Line("%s", line)
			continue
		}
		var cells []table.Cell
		for cell := range strings.SplitSeq(line, "\t") {
			cells = append(cells, table.Text(cell))
		}
		for len(lines.Columns) < len(cells) {
			lines.Columns = append(lines.Columns, table.Column{})
		}
		lines.Add(cells...)
	}
	return s.Draw(lines.Body(s.Look()))
}
