package consent

import (
	"fmt"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// The longest name and path of a program that are kept, in characters.
const (
	maxName = 60
	maxPath = 400
)

// Asker is the program that wants a token.
type Asker struct {
	Name string `json:"name"`           // as a person calls it: "claude"
	Path string `json:"path,omitempty"` // of its file, or of the script that it runs; empty: not known
	PID  int    `json:"pid,omitempty"`  // 0: not known
	// Key is what it is recognised by; empty where nothing tells one such program
	// from another, so that each question about it is a new one.
	Key string `json:"key,omitempty"`
}

// Stranger is a program of which nothing is known but these words.
func Stranger(words string) Asker { return Asker{Name: words} }

// Words name the program as a person reads it: "claude (pid 4711)".
func (a Asker) Words() string {
	if a.PID == 0 {
		return a.Name
	}
	return fmt.Sprintf("%s (pid %d)", a.Name, a.PID)
}

// clean makes what the program chose itself fit for a screen. A path that does not
// survive that whole is not one to recognise a program by.
func (a Asker) clean() Asker {
	path := secret.Clean(a.Path, maxPath)
	if path != a.Path || !filepath.IsAbs(a.Key) || secret.Clean(a.Key, maxPath) != a.Key {
		a.Key = ""
	}
	a.Name, a.Path = secret.Clean(a.Name, maxName), path
	if a.Name == "" {
		a.Name = "a program without a name"
	}
	if a.PID < 0 {
		a.PID = 0
	}
	return a
}
