package connect

import (
	"errors"
	"regexp"
	"sync"
)

// where is the place that a decoder names.
var where = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bline \d+(?:, column \d+)?`) })

// misread is what a decoder says of a text without what it quotes from it: that
// may be a secret.
func misread(err error) error {
	if err == nil {
		return nil
	}
	if place := where().FindString(err.Error()); place != "" {
		return errors.New(place + " is wrong")
	}
	return errors.New("it is not well-formed")
}
