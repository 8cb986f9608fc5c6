package session

import (
	"crypto/rand"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/machineid"
)

// World is what a command sees of the machine: environment, time, chance.
type World struct {
	Env     func(string) string
	Environ []string
	Clock   clock.Clock
	Random  io.Reader
	Jitter  func() float64
	Machine string
	Self    func() (string, error) // path of this binary
}

// System is the real world.
func System() World {
	return World{
		Env: os.Getenv, Environ: os.Environ(),
		Clock: clock.System{}, Random: rand.Reader, Jitter: mathrand.Float64,
		Machine: machineid.Get(), Self: os.Executable,
	}
}

// Getenv returns the first variable that is set.
func (w *World) Getenv(names ...string) string {
	for _, name := range names {
		if v := w.Env(name); v != "" {
			return v
		}
	}
	return ""
}

// Setting is a flag that does what a variable of the environment does, for
// programs that run a command without a shell that could set one.
func (w *World) Setting(name string) func(string) error {
	return func(value string) error {
		if value == "" { // a variable that is not set, and another folder would be used
			return errors.New("it is empty")
		}
		env := w.Env
		w.Env = func(asked string) string {
			if asked == name {
				return value
			}
			return env(asked)
		}
		w.Environ = append(slices.DeleteFunc(slices.Clone(w.Environ), func(entry string) bool { return strings.HasPrefix(entry, name+"=") }), name+"="+value)
		return nil
	}
}
