package secret_test

import (
	"io"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/leaktest"
)

// A stream keeps no known token that is written in one piece, in whichever
// encoding; other text comes through as it is.
func TestCutter_EveryEncoding(t *testing.T) {
	for _, name := range []string{
		"plain", "percent", "percent, lower", "query", "base64", "base64url, 1", "base64, 2", "hex", "HEX", "JSON", "entities", "hex entities", "quoted-printable", "decimal",
	} {
		for _, token := range leaktest.Tokens(7) {
			written := leaktest.Encodings()[name](token)
			got, err := io.ReadAll(secret.NewCutter(secret.New(token)).Reader(strings.NewReader("before " + written + " behind")))
			if part := leaktest.Left(string(got), written); err != nil || len(part) >= 16 || !strings.HasPrefix(string(got), "before ") || !strings.HasSuffix(string(got), " behind") {
				t.Errorf("%s: %q is left in %q, %v", name, part, got, err)
			}
		}
	}
}
