package oauth

import (
	"encoding/base64"
	"fmt"
	"io"

	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// proof is one sign-in's proof of possession (PKCE, RFC 7636) and its state.
type proof struct {
	verifier  secret.Secret // 86 characters, never sent before the token request
	challenge string        // S256 of the verifier
	state     string        // 22 characters, echoed by the server
	requestID string        // UUID version 4
}

func newProof(r io.Reader) (proof, error) {
	verifier, err := randomText(r, 64)
	if err != nil {
		return proof{}, err
	}
	state, err := randomText(r, 16)
	if err != nil {
		return proof{}, err
	}
	id, err := uuid.NewRandomFromReader(r)
	if err != nil {
		return proof{}, fmt.Errorf("no randomness: %w", err)
	}
	return proof{secret.New(verifier), oauth2.S256ChallengeFromVerifier(verifier), state, id.String()}, nil
}

// randomText returns n random bytes in base64url without padding.
func randomText(r io.Reader, n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", fmt.Errorf("no randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}
