package sandbox

import (
	"html"
	"strings"
)

// node is a part of a page: an element, an attribute of the one around it, a
// text, or several of these. The zero node is nothing.
type node struct {
	kind  nodeKind
	name  string // of an element or an attribute
	text  string // of a text, or the value of an attribute
	inner []node
}

type nodeKind int

const (
	several nodeKind = iota
	element
	attribute
	flag
	words
)

// el is an element, with its attributes and what is in it in any order.
func el(name string, inner ...node) node { return node{kind: element, name: name, inner: inner} }

func attr(name, value string) node { return node{kind: attribute, name: name, text: value} }

// bare is an attribute without a value.
func bare(name string) node { return node{kind: flag, name: name} }

func class(names string) node { return attr("class", names) }

// text is a text for people, whatever characters it has.
func text(s string) node { return node{kind: words, text: s} }

func group(inner ...node) node { return node{inner: inner} }

// when is a node, or nothing.
func when(condition bool, n node) node {
	if condition {
		return n
	}
	return node{}
}

// each is a node for every one of a list.
func each[T any](list []T, of func(T) node) node {
	all := make([]node, len(list))
	for i, one := range list {
		all[i] = of(one)
	}
	return node{inner: all}
}

// document is a page as HTML.
func document(page node) []byte {
	var b strings.Builder
	b.WriteString("<!doctype html>")
	page.write(&b)
	return []byte(b.String())
}

func (n node) write(b *strings.Builder) {
	switch n.kind {
	case words:
		b.WriteString(html.EscapeString(n.text))
	case several:
		for _, one := range n.inner {
			one.write(b)
		}
	case element:
		b.WriteString("<" + n.name)
		n.writeAttributes(b)
		b.WriteString(">")
		if n.name == "meta" || n.name == "link" || n.name == "input" { // those have no end
			return
		}
		for _, one := range n.inner {
			one.write(b)
		}
		b.WriteString("</" + n.name + ">")
	}
}

// writeAttributes writes those that are the element's own or come in a group.
func (n node) writeAttributes(b *strings.Builder) {
	for _, one := range n.inner {
		switch one.kind {
		case attribute:
			b.WriteString(" " + one.name + `="` + html.EscapeString(one.text) + `"`)
		case flag:
			b.WriteString(" " + one.name)
		case several:
			one.writeAttributes(b)
		}
	}
}
