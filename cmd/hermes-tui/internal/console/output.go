package console

import (
	"errors"
	"io"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// output is the standard output. It remembers the first failure, so that no
// command has to look whether each of its lines could be written, and none ends
// well whose token or table went nowhere.
type output struct {
	to    io.Writer
	later *later
	err   error
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	if err := o.put(format.Visible(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// put writes what is already safe to show.
func (o *output) put(p []byte) error {
	o.later.say()
	if o.err == nil {
		_, o.err = o.to.Write(p)
	}
	return o.err
}

// Broken is why the output cannot be written any more, nil while it can.
func (c *Console) Broken() error {
	if c.output == nil {
		return nil
	}
	return c.output.err
}

// check returns the error that a command ends with.
func (o *output) check(err error) error {
	if o.err == nil || (err != nil && !errors.Is(err, o.err)) {
		return err
	}
	return &autherr.Error{
		Code: "output_failed", Message: "the output could not be written: " + atomicfile.Reason(o.err).Error(), Err: o.err,
	}
}

// messages is the standard error; it is clean as the output is, and nothing
// depends on whether it could be written.
type messages struct {
	to    io.Writer
	later *later
}

// Write implements io.Writer.
func (m messages) Write(p []byte) (int, error) {
	m.later.say()
	if _, err := m.to.Write(format.Visible(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Raw is where the output goes itself. A command that is run for the person has
// to find the terminal there, and not a pipe to us; so does a hidden prompt.
func Raw(w io.Writer) io.Writer {
	switch ours := w.(type) {
	case *output:
		ours.later.say()
		return ours.to
	case messages:
		ours.later.say()
		return ours.to
	default:
		return w
	}
}
