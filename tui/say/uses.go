package say

// Uses says how often an account was used: by requests that went through this program,
// and by tokens that were given to one which sends its requests itself. Of the two it
// names what there was. number writes a count.
func Uses(requests, given uint64, number func(uint64) string) string {
	words := ""
	if requests > 0 || given == 0 {
		words = number(requests) + " " + one(requests, "request", "requests")
	}
	if given > 0 {
		if words != "" {
			words += ", "
		}
		words += "given " + number(given) + " " + one(given, "token", "tokens")
	}
	return words
}

func one(n uint64, singular, plural string) string {
	if n == 1 {
		return singular
	}
	return plural
}
