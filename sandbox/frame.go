package sandbox

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// frame is what every page has around it.
func frame(title string, content ...g.Node) g.Node {
	return h.Doctype(h.HTML(h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(g.Text(title+" · sandbox portal")),
			h.Link(h.Rel("icon"), h.Href("data:,")),
			h.Link(h.Rel("stylesheet"), h.Href("/style.css")),
		),
		h.Body(
			h.Header(h.A(h.Href("/"), g.Text("sandbox portal")), h.Span(g.Text("nothing here reaches MiniMax"))),
			h.Main(content...),
		),
	))
}

// mark is the large sign over a page that tells how something ended.
func mark(kind, sign string) g.Node {
	return h.P(h.Class("mark "+kind), g.Attr("aria-hidden", "true"), g.Text(sign))
}

// toOverview ends the pages of one sign-in.
func toOverview() g.Node {
	return h.P(h.Class("note"), h.A(h.Href("/"), g.Text("All sign-ins")))
}

// action is a button that posts what is to be done.
func action(value, words string, attributes ...g.Node) g.Node {
	return h.Button(g.Group(attributes), h.Name("action"), h.Value(value), g.Text(words))
}

func hiddenField(name, value string) g.Node {
	return h.Input(h.Type("hidden"), h.Name(name), h.Value(value))
}

// stalePage answers a form that does not come from a page of this process.
func stalePage() g.Node {
	return frame("Out of date",
		mark("warn", "–"),
		h.H1(g.Text("This page is out of date")),
		h.P(g.Text("Nothing was changed. The sandbox was started again since the page was loaded, or the button came from somewhere else.")),
		toOverview(),
	)
}
