package sandbox

// frame is what every page has around it.
func frame(title string, content ...node) node {
	return el("html", attr("lang", "en"),
		el("head",
			el("meta", attr("charset", "utf-8")),
			el("meta", attr("name", "viewport"), attr("content", "width=device-width, initial-scale=1")),
			el("meta", attr("name", "color-scheme"), attr("content", "light dark")),
			el("title", text(title+" · sandbox portal")),
			el("link", attr("rel", "icon"), attr("href", "data:,")),
			el("link", attr("rel", "stylesheet"), attr("href", "/style.css")),
		),
		el("body",
			el("header", el("a", attr("href", "/"), text("sandbox portal")), el("span", text("nothing here reaches MiniMax"))),
			el("main", content...),
		),
	)
}

// mark is the large sign over a page that tells how something ended.
func mark(kind, sign string) node {
	return el("p", class("mark "+kind), attr("aria-hidden", "true"), text(sign))
}

// toOverview ends the pages of one sign-in.
func toOverview() node {
	return el("p", class("note"), el("a", attr("href", "/"), text("All sign-ins")))
}

// action is a button that posts what is to be done.
func action(value, words string, attributes ...node) node {
	return el("button", group(attributes...), attr("name", "action"), attr("value", value), text(words))
}

func hiddenField(name, value string) node {
	return el("input", attr("type", "hidden"), attr("name", name), attr("value", value))
}

// stalePage answers a form that does not come from a page of this process.
func stalePage() node {
	return frame("Out of date",
		mark("warn", "–"),
		el("h1", text("This page is out of date")),
		el("p", text("Nothing was changed. The sandbox was started again since the page was loaded, or the button came from somewhere else.")),
		toOverview(),
	)
}
