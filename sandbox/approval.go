package sandbox

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// page asks the person whether the program may be signed in, or tells how that
// ended.
func (v codeView) page() g.Node {
	return frame("Approve a sign-in", v.content(), toOverview())
}

func (v codeView) content() g.Node {
	client := h.Strong(g.Text(v.Client))
	code := h.P(h.Class("code small"), g.Text(v.UserCode))
	switch v.State {
	case CodePending:
		return v.question()
	case CodeApproved, CodeUsed:
		return g.Group{
			mark("good", "✓"), h.H1(g.Text("Approved")),
			h.P(client, g.Text(" is signed in"), g.If(v.State == CodeApproved, g.Text(" as soon as it asks again")), g.Text(". You can close this page and go back to it.")),
			code,
		}
	case CodeDenied:
		return g.Group{
			mark("bad", "✕"), h.H1(g.Text("Denied")),
			h.P(client, g.Text(" was not signed in. To try again, ask it for a new code.")),
			code,
		}
	}
	return g.Group{
		mark("warn", "–"), h.H1(g.Text("This code has expired")),
		h.P(g.Text("Nobody approved it in time. Ask "), client, g.Text(" for a new code.")),
		code,
	}
}

func (v codeView) question() g.Node {
	return g.Group{
		h.H1(g.Text("Sign in to " + v.Client + "?")),
		h.P(h.Strong(g.Text(v.Client)), g.Text(" asks to use your account. Go on only if the program shows this code:")),
		h.P(h.Class("code"), g.Text(v.UserCode)),
		h.H2(g.Text("It may")),
		h.Ul(h.Class("scopes"), g.Map(v.Scopes, func(scope string) g.Node { return h.Li(h.Code(g.Text(scope))) })),
		h.Form(h.Method("post"), h.Action("/oauth-authorize"), h.Class("choice"),
			hiddenField("user_code", v.UserCode), hiddenField("token", v.Token),
			action("approve", "Approve", h.Class("primary")), action("deny", "Deny"),
		),
		h.P(h.Class("note"), g.Text("The code ends in "+v.Left+" (when this page was loaded).")),
	}
}

// enterPage asks for a code; unknown is one that was typed and is none.
func enterPage(unknown string) g.Node {
	return frame("Enter a code",
		h.H1(g.Text("Enter the code")),
		g.If(unknown != "", h.P(h.Class("alert"), h.Role("alert"), g.Text("There is no sign-in with the code "), h.Code(g.Text(unknown)), g.Text("."))),
		h.P(g.Text("The program that you are signing in to shows it.")),
		h.Form(h.Method("get"), h.Action("/oauth-authorize"), h.Class("enter"),
			h.Label(h.For("user_code"), g.Text("Code")),
			h.Input(h.ID("user_code"), h.Name("user_code"), h.Placeholder("ABCD-1234"), h.Required(), h.AutoFocus(), h.AutoComplete("off"),
				g.Attr("autocapitalize", "characters"), g.Attr("spellcheck", "false"), h.MaxLength("20")),
			h.Button(h.Class("primary"), g.Text("Continue")),
		),
		toOverview(),
	)
}
