package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// ClientKeyOptions say what a new key is to open.
type ClientKeyOptions struct {
	Name    string
	Account string            // the one account that it opens, as Select takes a name; empty: not bound to one
	Pool    string            // the one pool; empty: not bound to one
	Model   string            // pattern of the models, see [clientkey.Match]; empty: any
	Life    time.Duration     // how long it is good for; 0: for ever
	Allow   []clientkey.Right // none: to send requests through the proxy
	Limits  []budget.Limit    // how much may be used in a time, at most one of a unit and a time
	// File is the configuration that it is written into, Entry the place in it. It
	// takes the place of the key that was made for the same, and its name gets a
	// number where another key has it.
	File, Entry string
	Fleet       bool          // every host of the fleet takes it
	Secret      secret.Secret // of [clientkey.New], where it is needed before; zero: a new one
}

// NewClientKey is a key that was just made.
type NewClientKey struct {
	clientkey.Key
	Secret secret.Secret // it is kept nowhere
	before *clientkey.Key
}

// ListedClientKey is a key with how much it was used, which may lag.
type ListedClientKey struct {
	clientkey.Key
	Requests   uint64
	LastUsedAt time.Time
}

// AddClientKey makes a key. Once it has returned, whoever has the secret opens the
// proxy with it.
func (c *Clients) AddClientKey(ctx context.Context, o ClientKeyOptions) (NewClientKey, error) {
	made, err := c.newKey(o)
	if err != nil {
		return NewClientKey{}, err
	}
	if err := prepare(ctx, c.serving.state); err != nil {
		return NewClientKey{}, err
	}
	s := c.serving.state
	edit, others, err := c.shelf(ctx, made.Fleet)
	if err != nil {
		return NewClientKey{}, err
	}
	err = edit(ctx, func(keys clientkey.Table) (clientkey.Table, error) {
		keys = keys.Kept(s.Clock.Now())
		if before, ok := keys.Of(o.File, o.Entry); ok {
			made.before = &before
			keys = keys.Without(before.ID)
		}
		all := append(keys, others...)
		if o.File != "" {
			made.Name = all.Free(made.Name)
		}
		if _, taken := all.Named(made.Name); taken {
			return nil, &autherr.Error{
				Kind: autherr.Usage, Code: autherr.CodeUsage, Message: fmt.Sprintf("there is a key %q already", made.Name),
				Hint: "choose another name, or revoke it with `hermes-tui key revoke " + made.Name + "`",
			}
		}
		if len(keys) >= clientkey.Most {
			return nil, &autherr.Error{
				Kind: autherr.Usage, Code: autherr.CodeUsage, Message: fmt.Sprintf("there are %d keys already, and each request is compared with all of them", len(keys)),
				Hint: "revoke those that nobody uses: `hermes-tui key list` says when each was used last",
			}
		}
		return append(keys, made.Key), nil
	})
	if err != nil {
		return NewClientKey{}, err
	}
	s.Log.Info("client key made", "key", made.Name, "opens", made.Bound(), "file", made.File, "fleet", made.Fleet)
	return made, nil
}

// newKey is a key as it is asked for.
func (c *Clients) newKey(o ClientKeyOptions) (made NewClientKey, err error) {
	if err := clientkey.CheckName(o.Name); err != nil {
		return made, err
	}
	if err := clientkey.CheckModel(o.Model); err != nil {
		return made, err
	}
	s := c.serving.state
	k := clientkey.Key{Name: o.Name, Model: o.Model, Allow: o.Allow, Limits: o.Limits, File: o.File, Entry: o.Entry, Fleet: o.Fleet, MadeAt: s.Clock.Now().UTC()}
	if len(k.Allow) == 0 {
		k.Allow = []clientkey.Right{clientkey.Proxy}
	}
	if err := checkLimits(k); err != nil {
		return made, err
	}
	if o.Life > 0 {
		k.ExpiresAt = k.MadeAt.Add(o.Life)
	}
	switch {
	case o.Account != "" && o.Pool != "":
		return made, &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: "a key is bound to an account or to a pool, not to both", Hint: "name one of them"}
	case o.Account != "":
		one, err := c.serving.accounts.SelectOne(o.Account)
		if err != nil {
			return made, err
		}
		if o.Fleet && one.Owner != "" {
			return made, &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: one.Label + " is this host's alone, so that no other host could serve it", Hint: "leave out --fleet"}
		}
		k.Account = one.ID
	case o.Pool != "":
		found, err := c.serving.accounts.SelectPool(o.Pool)
		if err != nil {
			return made, err
		}
		k.Pool = found[0].Pool().String()
	}
	if made.Secret = o.Secret; made.Secret.IsZero() {
		if made.Secret, err = clientkey.New(s.Random); err != nil {
			return made, err
		}
	}
	if k.ID, err = clientkey.NewID(s.Random); err != nil {
		return made, err
	}
	k.Hash = clientkey.HashOf(made.Secret.Reveal())
	made.Key = k
	return made, nil
}

// checkLimits refuses limits that could not be kept: a token that is handed out is
// used past the proxy.
func checkLimits(k clientkey.Key) error {
	for i, l := range k.Limits {
		if slices.ContainsFunc(k.Limits[:i], func(o budget.Limit) bool { return o.Of == l.Of && o.In == l.In }) {
			return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: "two limits count the same in the same time", Hint: "name one of them"}
		}
	}
	if len(k.Limits) > 0 && k.May(clientkey.Tokens) {
		return &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage, Message: "a key that is given tokens can have no limit: what it does with them goes past the proxy",
			Hint: "leave out --limit, or --allow tokens",
		}
	}
	return nil
}

// TakeBackClientKey takes away a key that was made and could not be handed over,
// and puts the one back whose place it took.
func (c *Clients) TakeBackClientKey(ctx context.Context, made NewClientKey) error {
	return c.serving.state.Vault.Clients().Edit(ctx, func(keys clientkey.Table) (clientkey.Table, error) {
		keys = keys.Without(made.ID)
		if made.before != nil {
			if _, taken := keys.Named(made.before.Name); !taken && len(keys) < clientkey.Most {
				keys = append(keys, *made.before)
			}
		}
		return keys, nil
	})
}

// RevokeClientKey takes a key away by its name, the default one too: it opens
// nothing from the next request on, and what the proxy answers with it meanwhile
// is cut. One of this host goes before one of the fleet that has the same name, unless
// the fleet's is meant.
func (c *Clients) RevokeClientKey(ctx context.Context, name string, fleet bool) error {
	s := c.serving.state
	if strings.EqualFold(name, clientkey.Default) && !fleet {
		err := prepare(ctx, c.serving.state)
		if err == nil {
			err = s.Vault.RevokeProxyKey(ctx)
		}
		if err == nil {
			s.Log.Info("client key revoked", "key", clientkey.Default)
		}
		return err
	}
	err := clientkey.NotKnown()
	if !fleet {
		err = c.revoke(ctx, name)
	}
	if autherr.CodeOf(err) == autherr.CodeKeyUnknown && (fleet || s.Shared != nil) {
		err = c.revokeOfFleet(ctx, name)
	}
	if autherr.CodeOf(err) == autherr.CodeKeyUnknown {
		err = &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeKeyUnknown, Message: fmt.Sprintf("there is no key %.60q", name),
			Hint: "`hermes-tui key list` shows which there are",
		}
	}
	return err
}

// RevokeClientKeysOf takes away the keys that stand in a program's file, and
// returns their names; none where there was none, for which no keystore is opened
// that does not have to be.
func (c *Clients) RevokeClientKeysOf(ctx context.Context, file string) (names []string, err error) {
	h, err := c.serving.state.Folder.ReadKeyHead(record.ClientKeysID)
	switch {
	case errors.Is(err, autherr.NotFound), err == nil && h.Ref == nil:
		return nil, nil
	case err != nil:
		return nil, err
	}
	keys, err := c.table(ctx)
	if err != nil || file == "" || !slices.ContainsFunc(keys, func(k clientkey.Key) bool { return k.File == file }) {
		return nil, err
	}
	s := c.serving.state
	err = s.Vault.Clients().Edit(ctx, func(keys clientkey.Table) (clientkey.Table, error) {
		return slices.DeleteFunc(slices.Clone(keys), func(k clientkey.Key) bool {
			if k.File == file {
				names = append(names, k.Name)
			}
			return k.File == file
		}), nil
	})
	if err != nil {
		return nil, err
	}
	s.Log.Info("client keys revoked", "keys", names, "file", file)
	return names, nil
}

func (c *Clients) revoke(ctx context.Context, name string) error {
	s := c.serving.state
	if err := s.Folder.CheckOwner(); err != nil {
		return err
	}
	if h, err := s.Folder.ReadKeyHead(record.ClientKeysID); err == nil && h.Ref == nil || autherr.CodeOf(err) == autherr.CodeNoSuchAccount {
		return clientkey.NotKnown() // nothing is made in order to look
	}
	err := s.Vault.Clients().Edit(ctx, func(keys clientkey.Table) (clientkey.Table, error) {
		key, ok := keys.Named(name)
		if !ok {
			return nil, clientkey.NotKnown()
		}
		return keys.Without(key.ID), nil
	})
	if err == nil {
		s.Log.Info("client key revoked", "key", name)
	}
	return err
}

// RevokeClientKeys takes away every key of this host that was made for a program, also
// where what is kept of them cannot be read; or every one of the fleet. The default one
// stays.
func (c *Clients) RevokeClientKeys(ctx context.Context, fleet bool) error {
	if fleet {
		return c.serving.state.Shared.EditClients(ctx, func(clientkey.Table) (clientkey.Table, error) { return nil, nil })
	}
	if _, err := c.serving.state.Folder.ReadKeyHead(record.ClientKeysID); autherr.CodeOf(err) == autherr.CodeNoSuchAccount {
		return nil
	}
	return c.serving.state.Vault.Clients().Clear(ctx)
}

// ClientKeys returns the keys that there are, the default one first and those of the
// fleet last. Those whose time is over stay among them for 30 days.
func (c *Clients) ClientKeys(ctx context.Context) (all []ListedClientKey, err error) {
	s := c.serving.state
	keys, err := c.table(ctx)
	if err != nil {
		return nil, err
	}
	fleet, err := c.ofFleet(ctx, glance.Mark{})
	if err != nil {
		return nil, err
	}
	if h, err := s.Folder.ReadKeyHead(record.ProxyKeyID); err == nil && h.Ref != nil {
		all = append(all, ListedClientKey{Key: clientkey.Key{
			ID: defaultID, Name: clientkey.Default, Allow: []clientkey.Right{clientkey.Proxy}, MadeAt: h.ObtainedAt,
		}})
	}
	for _, k := range append(slices.Clip(keys), fleet...) {
		all = append(all, ListedClientKey{Key: k})
	}
	used, elsewhere := s.Folder.ReadUsage(), s.Shared.Elsewhere()
	for i := range all {
		sum := used[all[i].ID]
		for _, other := range elsewhere {
			sum = sum.Plus(other.Keys[all[i].ID])
		}
		all[i].Requests, all[i].LastUsedAt = sum.Requests, sum.LastUsed
	}
	return all, nil
}
