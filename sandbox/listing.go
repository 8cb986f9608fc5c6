package sandbox

import (
	"fmt"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// page lists the sign-ins that wait, the grants with their buttons, and the
// sign-ins that came to nothing.
func (v overview) page() g.Node {
	return frame("Overview",
		h.Div(h.Class("title"), h.H1(g.Text("Sign-ins")), h.A(h.Class("button"), h.Href("/"), g.Text("Reload"))),
		h.H2(g.Text("Waiting")),
		cards(v.Open, codeView.card, h.P(h.Class("empty"), g.Text("No program asks to sign in. "), h.A(h.Href("/oauth-authorize"), g.Text("Enter a code")))),
		h.H2(g.Text("Signed in")),
		cards(v.Grants, grantView.card, h.P(h.Class("empty"), g.Text("Nobody is signed in yet."))),
		g.If(len(v.Ended) > 0, g.Group{
			h.H2(g.Text("Ended")),
			h.Ul(h.Class("ended"), g.Map(v.Ended, func(c codeView) g.Node {
				return h.Li(h.Class("row"), h.Span(g.Text(c.UserCode+" · "+c.Client)), c.state())
			})),
		}),
		h.P(h.Class("note"), g.Text("As of "+v.At+"; loaded anew by itself. "), h.Em(g.Text("Expire now")), g.Text(" ends the access token only; a program refreshes it by itself. "),
			h.Em(g.Text("Revoke")), g.Text(" ends the sign-in: the program must ask you again.")),
	)
}

// every is how often the overview is loaded anew: often while a program waits, and
// seldom otherwise, so that a slider can be set.
func (v overview) every() int {
	if len(v.Open) > 0 {
		return 3
	}
	return 15
}

// cards is a list of rows, or what stands there when it has none.
func cards[T any](rows []T, card func(T) g.Node, none g.Node) g.Node {
	if len(rows) == 0 {
		return none
	}
	return h.Ul(h.Class("cards"), g.Map(rows, func(row T) g.Node { return h.Li(card(row)) }))
}

func (v codeView) card() g.Node {
	pending := v.State == CodePending
	then := " · will fetch its tokens"
	if pending {
		then = " · ends in " + v.Left
	}
	return g.Group{
		h.Div(h.Class("row"), h.Strong(g.Text(v.UserCode)), v.state()),
		h.P(g.Text(v.Client + then)),
		g.If(pending, h.Div(h.Class("actions"), h.A(h.Class("button primary"), h.Href("/oauth-authorize?user_code="+v.UserCode), g.Text("Open")))),
	}
}

// state is the word for what became of a code, in its colour.
func (v codeView) state() g.Node {
	words := map[CodeState]string{CodePending: "waiting for you", CodeApproved: "approved", CodeDenied: "denied", CodeUsed: "signed in"}[v.State]
	if words == "" {
		words = "expired"
	}
	return badge(string(v.State), words)
}

func badge(kind, words string) g.Node {
	return h.Span(h.Class("state "+kind), g.Text(words))
}

func (v grantView) card() g.Node {
	return g.Group{
		h.Div(h.Class("row"), h.Strong(g.Text(v.Client+v.signedInWith())), v.badge()),
		h.P(g.Text(v.life()+" Refreshed "+times(v.Rotations, "time")+", tokens issued "+v.Ago+" ago. "+times(v.Requests, "model request")+". "),
			h.Span(h.Class("id"), g.Text("id "+v.ID))),
		g.If(v.Revoked == "", h.Form(h.Method("post"), h.Action("/grants/"+v.ID), h.Class("actions"),
			hiddenField("token", v.Token),
			action("expire", "Expire now"), action("revoke", "Revoke", h.Class("danger")),
		)),
		g.If(v.Revoked == "", h.Form(h.Method("post"), h.Action("/grants/"+v.ID), h.Class("actions plan"),
			hiddenField("token", v.Token),
			h.Label(g.Textf("Plan: %d %% of five hours used", v.Used),
				h.Input(h.Type("range"), h.Name("used"), h.Min("0"), h.Max("100"), h.Value(strconv.Itoa(v.Used)))),
			action("use", "Set"),
		)),
	}
}

// signedInWith is the code that the program showed.
func (v grantView) signedInWith() string {
	if v.UserCode == "" {
		return ""
	}
	return " · " + v.UserCode
}

func (v grantView) badge() g.Node {
	switch {
	case v.Revoked != "":
		return badge("denied", "revoked")
	case v.Live:
		return badge("used", "access token good")
	}
	return badge("expired", "access token expired")
}

// life says what the grant can still do.
func (v grantView) life() string {
	switch {
	case v.Revoked != "":
		return "Dead: " + v.Revoked + "."
	case v.Live:
		return "Ends in " + v.Left + "."
	}
	return "Its next refresh brings a new one."
}

func times(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
