package sandbox

// page asks the person whether the program may be signed in, or tells how that
// ended.
func (v codeView) page() node {
	return frame("Approve a sign-in", v.content(), toOverview())
}

func (v codeView) content() node {
	client := el("strong", text(v.Client))
	code := el("p", class("code small"), text(v.UserCode))
	switch v.State {
	case CodePending:
		return v.question()
	case CodeApproved, CodeUsed:
		return group(
			mark("good", "✓"), el("h1", text("Approved")),
			el("p", client, text(" is signed in"), when(v.State == CodeApproved, text(" as soon as it asks again")), text(". You can close this page and go back to it.")),
			code,
		)
	case CodeDenied:
		return group(
			mark("bad", "✕"), el("h1", text("Denied")),
			el("p", client, text(" was not signed in. To try again, ask it for a new code.")),
			code,
		)
	}
	return group(
		mark("warn", "–"), el("h1", text("This code has expired")),
		el("p", text("Nobody approved it in time. Ask "), client, text(" for a new code.")),
		code,
	)
}

func (v codeView) question() node {
	return group(
		el("h1", text("Sign in to "+v.Client+"?")),
		el("p", el("strong", text(v.Client)), text(" asks to use your account. Go on only if the program shows this code:")),
		el("p", class("code"), text(v.UserCode)),
		el("h2", text("It may")),
		el("ul", class("scopes"), each(v.Scopes, func(scope string) node { return el("li", el("code", text(scope))) })),
		el("form", attr("method", "post"), attr("action", "/oauth-authorize"), class("choice"),
			hiddenField("user_code", v.UserCode), hiddenField("token", v.Token),
			action("approve", "Approve", class("primary")), action("deny", "Deny"),
		),
		el("p", class("note"), text("The code ends in "+v.Left+" (when this page was loaded).")),
	)
}

// enterPage asks for a code; unknown is one that was typed and is none.
func enterPage(unknown string) node {
	return frame("Enter a code",
		el("h1", text("Enter the code")),
		when(unknown != "", el("p", class("alert"), attr("role", "alert"), text("There is no sign-in with the code "), el("code", text(unknown)), text("."))),
		el("p", text("The program that you are signing in to shows it.")),
		el("form", attr("method", "get"), attr("action", "/oauth-authorize"), class("enter"),
			el("label", attr("for", "user_code"), text("Code")),
			el("input", attr("id", "user_code"), attr("name", "user_code"), attr("placeholder", "ABCD-1234"), bare("required"), bare("autofocus"),
				attr("autocomplete", "off"),
				attr("autocapitalize", "characters"), attr("spellcheck", "false"), attr("maxlength", "20")),
			el("button", class("primary"), text("Continue")),
		),
		toOverview(),
	)
}
