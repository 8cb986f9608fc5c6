package main

import (
	"errors"
	"io"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// output is the standard output. It remembers the first failure, so that no
// command has to look whether each of its lines could be written, and none ends
// well whose token or table went nowhere.
type output struct {
	to  io.Writer
	err error
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.to.Write(p)
	o.err = err
	return n, err
}

// check returns the error that a command ends with.
func (o *output) check(err error) error {
	if o.err == nil || (err != nil && !errors.Is(err, o.err)) {
		return err
	}
	return &autherr.Error{
		Code: "output_failed", Message: "the output could not be written: " + pathless(o.err).Error(), Err: o.err,
	}
}

// raw is where the output goes itself. A command that is run for the person has
// to find the terminal there, and not a pipe to us.
func raw(w io.Writer) io.Writer {
	if o, ours := w.(*output); ours {
		return o.to
	}
	return w
}
