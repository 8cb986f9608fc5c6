package json5

import (
	"fmt"
	"math"
)

// Kind is what a value is.
type Kind int

// The kinds.
const (
	Scalar Kind = iota // text, number, boolean or null
	Object
	Array
)

// Node is a value and where it stands: text[Start:End].
type Node struct {
	Kind       Kind
	Start, End int
	Value      any      // of a scalar: string, float64, bool or nil
	Items      []Member // of an object or a list, in their order
}

// Member is an item of an object or of a list.
type Member struct {
	Name  string // of an object's member
	Start int    // where the item begins, its name included
	Comma int    // where the comma behind it stands; -1: there is none
	Value *Node
}

// Find returns the member that a program gets: the last of that name; -1 if
// there is none.
func (n *Node) Find(name string) int {
	for i := len(n.Items) - 1; i >= 0; i-- {
		if n.Items[i].Name == name {
			return i
		}
	}
	return -1
}

// Any returns the value as encoding/json would: maps, lists and scalars.
func (n *Node) Any() any {
	switch n.Kind {
	case Object:
		m := make(map[string]any, len(n.Items))
		for _, item := range n.Items {
			m[item.Name] = item.Value.Any()
		}
		return m
	case Array:
		list := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			list = append(list, item.Value.Any())
		}
		return list
	default:
		if f, ok := n.Value.(float64); ok && math.IsNaN(f) {
			return "NaN" // which would not be equal to itself
		}
		return n.Value
	}
}

// deepest is how deep values may stand in each other.
const deepest = 200

// Parse reads a text. An error names the line.
func Parse(text []byte) (*Node, error) {
	p := &parser{text: text}
	p.space()
	n := p.value(0)
	p.space()
	if p.err == nil && p.at < len(text) {
		p.fail("something stands behind the end")
	}
	if p.err != nil {
		return nil, p.err
	}
	return n, nil
}

type parser struct {
	text []byte
	at   int
	err  error
}

func (p *parser) fail(why string) {
	if p.err != nil {
		return
	}
	line := 1
	for _, c := range p.text[:min(p.at, len(p.text))] {
		if c == '\n' {
			line++
		}
	}
	p.err = fmt.Errorf("line %d: %s", line, why)
	p.at = len(p.text)
}

// next is the byte that comes; 0 at the end.
func (p *parser) next() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}
