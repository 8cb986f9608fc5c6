// Package console is how a command talks with whoever called it: the standard
// streams, which carry nothing that controls a terminal; lines, tables and JSON;
// questions, also for what must not be shown; and the signals that end a command.
package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"golang.org/x/term"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Console is the streams of one command.
type Console struct {
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	TTY     bool       // input and output are a terminal
	Columns func() int // how wide the terminal is that is written to, 0 when it is none
	Rows    func() int // how high it is
	JSON    bool       // output and errors are JSON
	Words   bool       // errors are words all the same
	// Labels puts labels in the place of ids in what a person reads; nil leaves them.
	Labels func(text string) string

	output *output
	later  *later
	signal atomic.Int32    // exit code of the one that ended the command
	told   <-chan struct{} // closed when a signal told the command to end
	listen func()          // catches signals, once; nil: they are not this console's
}

// System is the console that this process was started with.
func System() *Console {
	waits := &later{to: messages{to: os.Stderr}}
	out := &output{to: os.Stdout, later: waits}
	return &Console{
		In: os.Stdin, Out: out, Err: messages{os.Stderr, waits}, output: out, later: waits,
		TTY: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())),
		Columns: func() int {
			columns, _, _ := term.GetSize(int(os.Stdout.Fd())) // 0 with an error
			return columns
		},
		Rows: func() int {
			_, rows, _ := term.GetSize(int(os.Stdout.Fd()))
			return rows
		},
	}
}

// Line writes a line to the standard output.
func (c *Console) Line(format string, args ...any) { fmt.Fprintf(c.Out, format+"\n", args...) }

// Note writes a line to the standard error, in the name of the program.
func (c *Console) Note(format string, args ...any) {
	fmt.Fprint(c.Err, c.labelled(fmt.Sprintf("hermes-tui: "+format+"\n", args...)))
}

// labelled is a text as a person reads it.
func (c *Console) labelled(text string) string {
	if c.Labels == nil {
		return text
	}
	return c.Labels(text)
}

// Draw writes what the program has drawn itself, colours and all. Text of others
// in it has gone through [format.Visible].
func (c *Console) Draw(text string) error {
	if out, ours := c.Out.(*output); ours {
		return out.put([]byte(text))
	}
	_, err := io.WriteString(c.Out, text)
	return err
}

// WriteJSON writes a value as one line.
func (c *Console) WriteJSON(v any) error {
	enc := json.NewEncoder(c.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// Capture returns what a function writes to the standard output.
func (c *Console) Capture(write func() error) (string, error) {
	var text strings.Builder
	before := c.Out
	defer func() { c.Out = before }()
	c.Out = &output{to: &text}
	err := write()
	return text.String(), err
}

// Fail writes an error that does not end the command.
func (c *Console) Fail(err error) {
	c.later.drop(err)
	if c.JSON && !c.Words {
		exit.Print(c.Err, err, true)
		return
	}
	var text strings.Builder
	exit.Print(&text, err, false)
	fmt.Fprint(c.Err, c.labelled(text.String()))
}

// End writes the error that a command ends with, and returns the exit code.
func (c *Console) End(err error) int {
	err = exit.OfCobra(c.output.check(err))
	if code := c.signal.Load(); code != 0 && (err == nil || errors.Is(err, context.Canceled) || errors.Is(err, autherr.Canceled)) {
		c.later.say()
		return int(code)
	}
	var silent exit.Silent
	if err != nil && !errors.As(err, &silent) {
		c.Fail(err)
	}
	c.later.say()
	return exit.Code(err)
}
