package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Confirm asks a question that only a clear yes answers. Without a terminal it
// takes --yes.
func (c *Console) Confirm(question string, yes bool) error {
	if yes {
		return nil
	}
	if !c.TTY {
		return exit.Usage("this needs confirmation, and there is no terminal to ask on", "add --yes")
	}
	fmt.Fprintf(c.Err, "%s [y/N] ", question)
	switch c.Answer() {
	case "y", "yes":
		return nil
	}
	return &autherr.Error{Code: autherr.CodeCanceled, Message: "nothing was changed"}
}

// Answer is the word that the person types, in lower case; none where a signal
// tells the command to end meanwhile.
func (c *Console) Answer() string {
	c.Listen()
	got := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(c.In).ReadString('\n')
		got <- strings.ToLower(strings.TrimSpace(text))
	}()
	select {
	case word := <-got:
		return word
	case <-c.told:
		fmt.Fprintln(c.Err)
		return ""
	}
}

// Keyboard is the terminal that the person types into, nil where there is none.
func (c *Console) Keyboard() *os.File {
	if in, ok := c.In.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		return in
	}
	return nil
}

// Asks reports whether a person can be asked: input and messages are a terminal,
// wherever the output goes.
func (c *Console) Asks() bool {
	to, ok := Raw(c.Err).(*os.File)
	return ok && term.IsTerminal(int(to.Fd())) && c.Keyboard() != nil
}

// Secret asks for a line that is not shown. The terminal stops to show what is
// typed before the question stands there, so that a quick paste is not shown
// either, and goes on to do so however it ends. Who types may take any time; a
// signal ends the wait.
func (c *Console) Secret(keyboard *os.File, question string) (string, error) {
	c.Listen()
	before, err := term.MakeRaw(int(keyboard.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(int(keyboard.Fd()), before) }()
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{keyboard, Raw(c.Err)}, "").ReadPassword(question)
		got <- answer{text, err}
	}()
	select {
	case <-c.told:
		return "", context.Canceled
	case line := <-got:
		if errors.Is(line.err, io.EOF) { // ctrl+c or ctrl+d
			_, _ = io.WriteString(Raw(c.Err), "\r\n")
			c.signal.CompareAndSwap(0, exit.Int)
			return "", context.Canceled
		}
		return line.text, line.err
	}
}
