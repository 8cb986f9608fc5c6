package roster

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// What a key that is derived is for. A new way of deriving has a new name.
const (
	forMAC     = "hermes-tui/fleet/1/mac"
	forSigning = "hermes-tui/fleet/1/sign"
	forAnchor  = "hermes-tui/fleet/1/anchor" // by the recovery key
	forInvite  = "hermes-tui/fleet/1/invite"
	forSlips   = "hermes-tui/fleet/1/join" // the MACs between who invites and who joins
	forWords   = "hermes-tui/fleet/1/words"
	forAsking  = "hermes-tui/fleet/1/ask" // the MACs of what readers ask for
)

// derive makes a key of 32 bytes from a secret.
func derive(from, what string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(from), nil, what, sha256.Size)
	if err != nil {
		panic(err) // asked for too much, or for too little by FIPS' lights: neither can be
	}
	return key
}

func signer(from, what string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(derive(from, what))
}

// message joins what is signed or authenticated so that no two lists of parts
// give the same bytes; the first says what it is, so that one is never taken for
// another.
func message(parts ...string) []byte {
	var m []byte
	for _, p := range parts {
		m = binary.BigEndian.AppendUint64(m, uint64(len(p)))
		m = append(m, p...)
	}
	return m
}

func authenticate(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message(parts...))
	return h.Sum(nil)
}

func sum(parts ...string) string {
	s := sha256.Sum256(message(parts...))
	return hex.EncodeToString(s[:])
}

// random returns n bytes that nobody can guess.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}
