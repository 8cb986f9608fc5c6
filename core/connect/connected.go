package connect

import (
	"regexp"
	"sync"
)

// ours are the marks of settings that `connect` wrote: the names that begin with
// this program's, the keys that it makes, and the command lines of the helpers, which
// may call it by any name that its file was given.
var ours = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i:hermes[-_]tui)|\bhtui_(?:key_)?[0-9a-f]{8}|\btoken [^\s"']+ --min-ttl \d|\bserve --show-key\b`)
})

// Connected reports whether a program's file has settings that `connect` wrote.
func Connected(text []byte) bool { return ours().Match(text) }
