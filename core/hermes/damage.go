package hermes

import (
	"encoding/json"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Damage says why a file cannot be read as what it should be. It quotes nothing
// of the file but names of keys.
type Damage struct {
	Path string // of the file; empty when it was parsed from bytes
	Why  string // "it ends in the middle"
}

// Error implements error.
func (d *Damage) Error() string {
	if d.Path == "" {
		return "the file is damaged: " + d.Why
	}
	return d.Path + " is damaged: " + d.Why
}

func asSyntax(err error, target **json.SyntaxError) bool { return errors.As(err, target) }

// shown is a key of the file, fit for a sentence.
func shown(key string) string { return secret.Clean(key, 40) }
