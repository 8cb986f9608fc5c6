package console

import (
	"io"
	"sync"
)

// later is a note that waits until the command has something to say: an error that says
// the same takes its place.
type later struct {
	mu   sync.Mutex
	to   io.Writer
	text string
	same func(err error) bool
}

// say writes the note, once.
func (l *later) say() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text != "" {
		_, _ = io.WriteString(l.to, l.text)
		l.text = ""
	}
}

// drop forgets the note where an error that is about to be written says the same.
func (l *later) drop(err error) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text != "" && l.same(err) {
		l.text = ""
	}
}

// NoteUnless is a note that is written before whatever the command writes next, unless
// that is an error which says the same.
func (c *Console) NoteUnless(same func(err error) bool, text string) {
	if c.later == nil {
		c.Note("%s", text)
		return
	}
	c.later.say() // one that waits already is another
	c.later.mu.Lock()
	defer c.later.mu.Unlock()
	c.later.text, c.later.same = c.labelled("hermes-tui: "+text+"\n"), same
}
