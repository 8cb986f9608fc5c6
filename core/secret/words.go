package secret

// Words returns what a server said, fit to be shown, kept and logged: without
// the secrets that s knows, without what has the shape of one that it does not
// know (another account's, an older one), and [Clean], of at most limit
// characters. It is the one door for foreign sentences; codes, names and
// addresses that a person needs go through it as they are:
//
//	invalid_grant, subscription:free-usage-exhausted, MiniMax-M2.5-highspeed,
//	https://platform.minimax.io/docs, 2026-07-29T10:00:00+08:00
//
// A shape is 20 letters and digits or more in words that are none of a
// language: mixed with digits, with capitals in their midst, or longer than 19
// letters; whatever stands between them, so that an encoding hides nothing. A
// request id stays where its name stands before it, because people send it to the
// provider's support; elsewhere nothing tells it from a token. A nil Scrubber
// knows no secrets and cuts by shape.
func (s *Scrubber) Words(text string, limit int) string {
	text = s.Scrub(Clean(text, len(text)+1))
	return Clean(cut(text, shapes(text)), limit)
}

// Words is [Scrubber.Words] for a text beside which no secret is known.
func Words(text string, limit int) string { return (*Scrubber)(nil).Words(text, limit) }
