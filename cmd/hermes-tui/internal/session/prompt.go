package session

import (
	"context"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
)

// Prompt is how a command asks at its terminal whether a program may have a token;
// it asks nobody where there is none.
func (s *Session) Prompt(accounts *core.Core) consent.Prompt {
	if !s.Asks() {
		return consent.Prompt{}
	}
	label := func(r consent.Request) string {
		a, _ := accounts.Snapshot().Find(r.Account)
		return a.Label
	}
	return consent.Prompt{
		Waiting: func(r consent.Request) {
			s.Note("waiting for the window of hermes-tui, where %s has to be confirmed for %s", r.Program.Words(), label(r))
		},
		Ask: func(ctx context.Context, r consent.Request) (consent.Verdict, error) {
			fmt.Fprintf(s.Err, "%s wants a token of %s.\n", r.Program.Words(), label(r))
			if r.Program.Path != "" {
				fmt.Fprintf(s.Err, "  %s\n", r.Program.Path)
			}
			letters := "y once, d for a day, a always, N no"
			if r.Program.Key == "" {
				letters = "y once, N no"
			}
			return s.verdict(ctx, r, letters)
		},
	}
}

// verdict asks for a letter. Whatever is none of them is a no. Who types may take
// any time, as with every question at a terminal; a signal ends the wait.
func (s *Session) verdict(ctx context.Context, r consent.Request, letters string) (consent.Verdict, error) {
	fmt.Fprintf(s.Err, "Allow it? [%s] ", letters)
	return verdictOf(s.Answer(), r.Program), ctx.Err()
}

// verdictOf is the verdict that a word stands for. A program that nothing tells
// from others is allowed once only.
func verdictOf(word string, who consent.Asker) consent.Verdict {
	switch {
	case word == "y", word == "yes":
		return consent.Once
	case who.Key == "":
		return consent.No
	case word == "d":
		return consent.Day
	case word == "a":
		return consent.Always
	}
	return consent.No
}
