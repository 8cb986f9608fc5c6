// Package json5 reads JSON5 (https://spec.json5.org), with comments, and says
// where each value stands, so that one value can be changed and every other byte
// of the text stays. JSON and JSON with comments are JSON5, too.
//
// It is here because no maintained Go library keeps the format of JSON5:
// tailscale/hujson knows comments and trailing commas only.
package json5
