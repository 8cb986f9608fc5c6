package provider

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// CustomExchange describes how the token of a sign-in is exchanged for one that the
// API takes, and where.
type CustomExchange struct {
	URL string `toml:"url"`
	oauth.Exchange
}

// check returns what is missing or wrong.
func (e *CustomExchange) check(id string) error {
	const setting = "exchange"
	if e == nil {
		return nil
	}
	if e.URL == "" {
		return wrongSetting(id, setting, "has no url: where the sign-in's token is exchanged")
	}
	if _, _, err := baseURL(e.URL); err != nil {
		return wrongSetting(id, setting, "is wrong: "+err.Error())
	}
	if err := checkFields(id, setting, map[string]string{"token": e.Token, "expiry": e.Expiry, "base": e.Base}); err != nil {
		return err
	}
	if e.Header != "" && !isHeader(e.Header, "") {
		return wrongSetting(id, setting, "has the header "+quoted(e.Header)+", which cannot be set")
	}
	if !isHeader("x", e.Scheme) {
		return wrongSetting(id, setting, "has a scheme with a line break in it")
	}
	return checkHeaders(id, setting+".headers", e.Headers, e.Header, "Authorization")
}

// rules is the exchange as the table has it, nil where there is none.
func (e *CustomExchange) rules() *oauth.Exchange {
	if e == nil {
		return nil
	}
	rules := e.Exchange
	rules.NotIncluded = lower(rules.NotIncluded)
	return &rules
}

// checkHeaders returns an error about the first header that a person cannot set,
// such as one of those that are taken.
func checkHeaders(id, setting string, headers map[string]string, taken ...string) error {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		own := slices.ContainsFunc(taken, func(t string) bool { return http.CanonicalHeaderKey(t) == http.CanonicalHeaderKey(name) })
		if own || !isHeader(name, headers[name]) {
			return wrongSetting(id, setting, "has "+quoted(name)+", which cannot be set")
		}
	}
	return nil
}

// isHeader reports whether a person may set this header.
func isHeader(name, value string) bool {
	return name != "" && made(name, lowerAlnum+strings.ToUpper(lowerAlnum)+"-") &&
		!strings.ContainsAny(value, "\r\n\x00") && !slices.Contains(ownHeaders, strings.ToLower(name))
}

// lower returns codes as they are compared.
func lower(codes []string) (all []string) {
	for _, code := range codes {
		all = append(all, strings.ToLower(code))
	}
	return all
}
