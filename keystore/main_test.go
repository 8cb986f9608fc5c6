package keystore

import (
	"os"
	"testing"

	"github.com/zalando/go-keyring"
)

// fakeSecurity names a program that is run in the place of /usr/bin/security.
const fakeSecurity = "KEYSTORE_TEST_SECURITY"

// TestMain keeps every test away from the keyring of whoever runs it.
func TestMain(m *testing.M) {
	if os.Getenv("KEYSTORE_TEST_CHILD") != "" {
		os.Exit(child(os.Args[1:])) // on the private bus of the test that started it
	}
	if os.Getenv(fakeSecurity) == "" { // which stands in for the keyring as well
		keyring.MockInit()
	}
	os.Exit(m.Run())
}
