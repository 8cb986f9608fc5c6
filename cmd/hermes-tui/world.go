package main

import (
	"crypto/rand"
	"io"
	mathrand "math/rand/v2"
	"os"

	"golang.org/x/term"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/machineid"
)

// world is everything outside the program: streams, environment, time, chance.
type world struct {
	in      io.Reader
	out     io.Writer
	err     io.Writer
	tty     bool       // input and output are a terminal
	columns func() int // how wide the terminal is that is written to, 0 when it is none
	env     func(string) string
	environ []string
	clock   clock.Clock
	random  io.Reader
	jitter  func() float64
	machine string
	self    func() (string, error) // path of this binary
}

// system is the real world.
func system() *world {
	return &world{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		tty: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())),
		columns: func() int {
			columns, _, _ := term.GetSize(int(os.Stdout.Fd())) // 0 with an error
			return columns
		},
		env: os.Getenv, environ: os.Environ(),
		clock: clock.System{}, random: rand.Reader, jitter: mathrand.Float64,
		machine: machineid.Get(), self: os.Executable,
	}
}

// getenv returns the first variable that is set.
func (w *world) getenv(names ...string) string {
	for _, name := range names {
		if v := w.env(name); v != "" {
			return v
		}
	}
	return ""
}
