package upkeep

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// probeTime bounds proving that the keystore works.
const probeTime = 20 * time.Second

// Probe proves that a secret could be kept now: the folder is ours and of this
// machine, and the keystore lets a blob be written, read back and deleted. It
// returns the keystore that was chosen, also beside an error.
func (u *Upkeep) Probe(ctx context.Context) (keystore.Choice, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	if err := u.state.Folder.Ensure(); err != nil {
		return keystore.Choice{}, err
	}
	ident, ok, err := u.state.Folder.Store.Read()
	if err != nil {
		return keystore.Choice{}, err
	}
	if err := errors.Join(u.state.Folder.Store.CheckMachine(ident), u.state.Folder.CheckPool()); err != nil {
		return keystore.Choice{}, err
	}
	storeID, remembered := "probe", keystore.Kind("")
	if ok {
		storeID, remembered = ident.Space(), keystore.Kind(ident.Kind)
	}
	choice, err := u.state.Keystores.Choose(ctx, remembered)
	if err != nil {
		return keystore.Choice{Kind: remembered}, vault.Explain(err)
	}
	if err := u.state.Vault.Probe(ctx, choice.Kind, storeID); err != nil || u.state.Vault.Heads == nil {
		return choice, err
	}
	// What the fleet cannot be told of would be lost.
	if err := u.state.Vault.Heads.Look(ctx); err != nil {
		return choice, err
	}
	if heads, ok := u.state.Vault.Heads.(writable); ok {
		err = heads.MayWrite(ctx)
	}
	return choice, err
}

// writable are heads that can tell whether they could be written, without doing so.
type writable interface {
	MayWrite(ctx context.Context) error
}

// Verify opens an account's record and returns what is wrong with it, without
// refreshing anything. A dead grant is no fault of the record.
func (u *Upkeep) Verify(ctx context.Context, id string) error {
	sealed, err := u.state.Vault.Read(ctx, id)
	if errors.Is(err, autherr.NeedsSignIn) || (err != nil && sealed.Unfinished()) {
		return nil
	}
	if err == nil {
		err = u.state.Providers.Check(sealed.Blob.Binding)
	}
	return err
}

// Server is one place that this program sends requests to.
type Server struct {
	Name string // "MiniMax China", "MiniMax China's models"
	URL  string
}

// Servers returns where the accounts' requests go; without an account, where a
// first sign-in would. An API key needs no server but that of the models. Where
// the endpoints are found out at the sign-in, it is the issuer that is asked.
func (u *Upkeep) Servers() []Server {
	used, signedIn := map[string]bool{}, map[string]bool{}
	for _, a := range u.accounts.Snapshot().Accounts {
		pool := a.Provider + "/" + a.Region
		used[pool] = true
		signedIn[pool] = signedIn[pool] || !a.IsKey()
	}
	var all []Server
	for i, choice := range u.state.Providers.Choices() {
		pool, r := choice.PoolID(), choice.Region
		if !used[pool] && (len(used) > 0 || i > 0) {
			continue
		}
		if url := cmp.Or(r.TokenURL, r.Issuer, r.DeviceURL); url != "" && (signedIn[pool] || !used[pool]) {
			all = append(all, Server{r.ProviderName, url})
		}
		if r.BaseURL != "" {
			all = append(all, Server{r.ProviderName + "'s models", r.BaseURL})
		}
	}
	return all
}
