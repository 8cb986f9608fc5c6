package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Blob is what the keystore holds of an account: its tokens, and where they may
// go. It is written once under a random name and never changed.
type Blob struct {
	StoreID    string
	AccountID  string
	Gen        uint64
	Why        Reason // what made it
	Replaces   string // hash of the refresh token it replaces; empty for a sign-in
	Binding    oauth.Binding
	Access     secret.Secret
	Refresh    secret.Secret
	ID         secret.Secret // ID token, which other programs want beside the two; usually none
	TokenType  string
	ObtainedAt time.Time
	ExpiresAt  time.Time // zero: no end is known
	// GrantExpiresAt is when the provider ends the sign-in itself, however often
	// it was refreshed; zero when it does not, or is not known to.
	GrantExpiresAt time.Time
	AuthType       string // [OAuth] or [APIKey]; empty in old records, which are OAuth
	Identity       oauth.Identity
	Clients        clientkey.Table // of the records of client keys, which have nothing else
	Serial         uint64          // of the fleet's client keys: how often they were changed
}

// sealedBlob is the one spelling of a blob in which its tokens stand in clear.
type sealedBlob struct {
	Version      int           `json:"version"`
	StoreID      string        `json:"store_id"`
	AccountID    string        `json:"account_id"`
	Gen          uint64        `json:"gen"`
	Why          Reason        `json:"why"`
	Replaces     string        `json:"replaces,omitempty"`
	Binding      oauth.Binding `json:"binding"`
	AccessToken  string        `json:"access_token"`
	RefreshToken string        `json:"refresh_token,omitempty"`
	IDToken      string        `json:"id_token,omitempty"`
	TokenType    string        `json:"token_type"`
	ObtainedAt   time.Time     `json:"obtained_at"`
	ExpiresAt    time.Time     `json:"expires_at"`

	GrantExpiresAt time.Time      `json:"grant_expires_at,omitzero"`
	AuthType       string         `json:"auth_type,omitempty"`
	Identity       oauth.Identity `json:"identity,omitzero"`
}

// Seal returns the bytes to put into the keystore. They hold the tokens.
func (b *Blob) Seal() ([]byte, error) {
	switch b.AccountID {
	case ClientKeysID, FleetClientsID:
		return b.sealClients()
	case ProxyKeyID, FleetKeyID:
		return json.Marshal(sealedKey{Version: format, StoreID: b.StoreID, Record: b.AccountID, Key: b.Access.Reveal()})
	}
	return json.Marshal(sealedBlob{
		Version: format, StoreID: b.StoreID, AccountID: b.AccountID, Gen: b.Gen,
		Why: b.Why, Replaces: b.Replaces, Binding: b.Binding,
		AccessToken: b.Access.Reveal(), RefreshToken: b.Refresh.Reveal(), IDToken: b.ID.Reveal(),
		TokenType: b.TokenType, ObtainedAt: b.ObtainedAt.UTC(), ExpiresAt: b.ExpiresAt.UTC(),
		GrantExpiresAt: b.GrantExpiresAt.UTC(), AuthType: b.AuthType, Identity: b.Identity,
	})
}

// OpenBlob parses the bytes that Seal made. Damaged ones are an error with code
// record_damaged, which quotes nothing of them.
func OpenBlob(data []byte) (*Blob, error) {
	var s struct {
		sealedBlob
		Record string `json:"record"` // of the proxy's key
		Key    string `json:"key"`
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, damaged("the secret record is not readable", nil)
	}
	if s.Version > format {
		return nil, newer(s.Version)
	}
	if s.Record == ClientKeysID || s.Record == FleetClientsID {
		return openClients(data)
	}
	if (s.Record == ProxyKeyID || s.Record == FleetKeyID) && s.Key != "" {
		return KeyBlob(s.StoreID, s.Record, secret.New(s.Key)), nil
	}
	if s.Version < 1 || s.AccountID == "" || s.AccessToken == "" {
		return nil, damaged("the secret record is incomplete", nil)
	}
	return &Blob{
		StoreID: s.StoreID, AccountID: s.AccountID, Gen: s.Gen, Why: s.Why,
		Replaces: s.Replaces, Binding: s.Binding,
		Access: secret.New(s.AccessToken), Refresh: secret.New(s.RefreshToken), ID: secret.New(s.IDToken),
		TokenType: s.TokenType, ObtainedAt: s.ObtainedAt, ExpiresAt: s.ExpiresAt,
		GrantExpiresAt: s.GrantExpiresAt, AuthType: s.AuthType, Identity: s.Identity,
	}, nil
}

// Belongs returns an error unless the blob is this store's, this account's and
// of this generation.
func (b *Blob) Belongs(storeID, accountID string, gen uint64) error {
	if b.StoreID != storeID || b.AccountID != accountID || b.Gen != gen {
		return damaged("the secret record belongs to another account or generation", nil)
	}
	return nil
}

// Grant is the secret that stands for the whole account: the refresh token, or
// the key itself. No two accounts have the same.
func (b *Blob) Grant() secret.Secret {
	if b.AuthType == APIKey {
		return b.Access
	}
	return b.Refresh
}

// Checksum is what a [Ref] says of a blob's bytes.
func Checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Hash is how a refresh token is remembered without keeping it: the first 16
// bytes of SHA-256 over the store's id and the token.
func Hash(storeID string, token secret.Secret) string {
	if token.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte(storeID + token.Reveal()))
	return hex.EncodeToString(sum[:16])
}
