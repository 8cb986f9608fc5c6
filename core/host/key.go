package host

import (
	"context"
	"encoding/json"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// key is what this host keeps in its keystore as a member: its age identity, and the
// password of its user of etcd, if it has one.
type key struct {
	identity, password secret.Secret
}

// keptKey is the one spelling of a key.
type keptKey struct {
	Identity string `json:"identity"`
	Password string `json:"password,omitempty"`
}

func (k key) keep(ctx context.Context, v *vault.Vault) error {
	data, err := json.Marshal(keptKey{k.identity.Reveal(), k.password.Reveal()})
	if err != nil {
		return err
	}
	return vault.FleetKey{Vault: v}.Keep(ctx, secret.New(string(data)))
}

func readKey(ctx context.Context, v *vault.Vault) (key, error) {
	kept, err := vault.FleetKey{Vault: v}.Read(ctx)
	if err != nil {
		return key{}, err
	}
	var k keptKey
	if err := json.Unmarshal([]byte(kept.Reveal()), &k); err != nil || k.Identity == "" {
		return key{}, &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged,
			Message: "this host's key of its fleet is missing",
			Hint:    "join anew: `hermes-tui fleet leave`, then `hermes-tui fleet join` with an invitation",
		}
	}
	return key{secret.New(k.Identity), secret.New(k.Password)}, nil
}
