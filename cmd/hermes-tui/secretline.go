package main

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// keyboard is the terminal that the person types into, nil where there is none.
func (a *app) keyboard() *os.File {
	if in, ok := a.in.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		return in
	}
	return nil
}

// secretLine asks for a line that is not shown. The terminal stops to show what
// is typed before the question stands there, so that a quick paste is not shown
// either, and goes on to do so however it ends. Who types may take any time; a
// signal ends the wait.
func (a *app) secretLine(in *os.File, question string) (string, error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(int(in.Fd()), before) }()
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{in, raw(a.err)}, "").ReadPassword(question)
		got <- answer{text, err}
	}()
	select {
	case <-a.told:
		return "", context.Canceled
	case line := <-got:
		if errors.Is(line.err, io.EOF) { // ctrl+c or ctrl+d
			_, _ = io.WriteString(raw(a.err), "\r\n")
			a.signal.CompareAndSwap(0, exitInt)
			return "", context.Canceled
		}
		return line.text, line.err
	}
}
