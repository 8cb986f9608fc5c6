package sandbox

import (
	"fmt"
	"strconv"
)

// page lists the sign-ins that wait, the grants with their buttons, and the
// sign-ins that came to nothing.
func (v overview) page() node {
	return frame("Overview",
		el("div", class("title"), el("h1", text("Sign-ins")), el("a", class("button"), attr("href", "/"), text("Reload"))),
		el("h2", text("Waiting")),
		cards(v.Open, codeView.card, el("p", class("empty"), text("No program asks to sign in. "), el("a", attr("href", "/oauth-authorize"), text("Enter a code")))),
		el("h2", text("Signed in")),
		cards(v.Grants, grantView.card, el("p", class("empty"), text("Nobody is signed in yet."))),
		when(len(v.Ended) > 0, group(
			el("h2", text("Ended")),
			el("ul", class("ended"), each(v.Ended, func(c codeView) node {
				return el("li", class("row"), el("span", text(c.UserCode+" · "+c.Client)), c.state())
			})),
		)),
		el("p", class("note"), text("As of "+v.At+"; loaded anew by itself. "), el("em", text("Expire now")), text(" ends the access token only; a program refreshes it by itself. "),
			el("em", text("Revoke")), text(" ends the sign-in: the program must ask you again.")),
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
func cards[T any](rows []T, card func(T) node, none node) node {
	if len(rows) == 0 {
		return none
	}
	return el("ul", class("cards"), each(rows, func(row T) node { return el("li", card(row)) }))
}

func (v codeView) card() node {
	pending := v.State == CodePending
	then := " · will fetch its tokens"
	if pending {
		then = " · ends in " + v.Left
	}
	return group(
		el("div", class("row"), el("strong", text(v.UserCode)), v.state()),
		el("p", text(v.Client+then)),
		when(pending, el("div", class("actions"), el("a", class("button primary"), attr("href", "/oauth-authorize?user_code="+v.UserCode), text("Open")))),
	)
}

// state is the word for what became of a code, in its colour.
func (v codeView) state() node {
	words := map[CodeState]string{CodePending: "waiting for you", CodeApproved: "approved", CodeDenied: "denied", CodeUsed: "signed in"}[v.State]
	if words == "" {
		words = "expired"
	}
	return badge(string(v.State), words)
}

func badge(kind, words string) node {
	return el("span", class("state "+kind), text(words))
}

func (v grantView) card() node {
	return group(
		el("div", class("row"), el("strong", text(v.Client+v.signedInWith())), v.badge()),
		el("p", text(v.life()+" Refreshed "+times(v.Rotations, "time")+", tokens issued "+v.Ago+" ago. "+times(v.Requests, "model request")+". "),
			when(v.Named != "", el("span", class("id"), text("token "+v.Named+" · "))),
			el("span", class("id"), text("id "+v.ID))),
		when(v.Revoked == "", el("form", attr("method", "post"), attr("action", "/grants/"+v.ID), class("actions"),
			hiddenField("token", v.Token),
			action("expire", "Expire now"), action("revoke", "Revoke", class("danger")),
		)),
		when(v.Revoked == "", el("form", attr("method", "post"), attr("action", "/grants/"+v.ID), class("actions plan"),
			hiddenField("token", v.Token),
			el("label", text(fmt.Sprintf("Plan: %d %% of five hours used", v.Used)),
				el("input", attr("type", "range"), attr("name", "used"), attr("min", "0"), attr("max", "100"), attr("value", strconv.Itoa(v.Used)))),
			action("use", "Set"),
		)),
	)
}

// signedInWith is the code that the program showed.
func (v grantView) signedInWith() string {
	if v.UserCode == "" {
		return ""
	}
	return " · " + v.UserCode
}

func (v grantView) badge() node {
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
