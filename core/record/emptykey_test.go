package record

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// TestOpenProxyKey_EmptyIsNoKey: a sealed record that is right but for its key
// would open the door to everybody.
func TestOpenProxyKey_EmptyIsNoKey(t *testing.T) {
	data, err := SealProxyKey("store", secret.Secret{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenProxyKey("store", data); codeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("%v", err)
	}
}
