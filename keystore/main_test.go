package keystore

import (
	"os"
	"testing"

	"github.com/zalando/go-keyring"
)

// TestMain keeps every test away from the keyring of whoever runs it.
func TestMain(m *testing.M) {
	if os.Getenv("KEYSTORE_TEST_CHILD") != "" {
		os.Exit(child(os.Args[1:])) // on the private bus of the test that started it
	}
	keyring.MockInit()
	os.Exit(m.Run())
}
