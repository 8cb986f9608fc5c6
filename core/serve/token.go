package serve

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// stillGood is how long a token must live on to be served while its successor
// is being fetched.
const stillGood = 5 * time.Second

// usualHurry is longer than [record.Slow], so that whoever left knows that the
// others skip the account as well.
const usualHurry = 700 * time.Millisecond

// Token is an access token that is good for a request now, and everything else
// that a program needs to send it: where the models are, what they speak, and
// the further headers they want. Ask for a new one for each request; while nothing
// has changed that costs a stat of the account's head at most, and one of the lock's
// file where the keystore can be locked.
type Token struct {
	Access   secret.Secret
	Type     string    // "Bearer"
	Expiry   time.Time // wall clock; zero when no end is known
	Account  string    // id
	Provider string
	Gen      uint64       // generation, to name when the API refuses it
	BaseURL  string       // of the model API, no trailing slash
	API      string       // "anthropic_messages"
	Also     []oauth.Wire // further formats in which its models are asked
	Header   http.Header  // of a request to the API, beside the bearer; may be nil
	Hosts    []string     // host[:port] that this token may be sent to

	refresh secret.Secret // beside it in the record
	issuer  oauth.Binding // that it came by
	polite  http.Header   // those of Header that a program's own go before
	confirm bool          // a person has to allow each program that gets it
}

// At returns where its models are asked in one of these formats, empty where in
// none.
func (t Token) At(apis []string) string {
	if slices.Contains(apis, t.API) {
		return t.BaseURL
	}
	for _, wire := range t.Also {
		if slices.Contains(apis, wire.API) {
			return wire.BaseURL
		}
	}
	return ""
}

// Secrets are both tokens of the record that this one is from: what a server
// must not be repeated with. They are for cleaning text only.
func (t Token) Secrets() []secret.Secret { return []secret.Secret{t.Access, t.refresh} }

// TokenOptions says what kind of token is wanted.
type TokenOptions struct {
	// MinLife asks for a token that lives at least this long, as far as the
	// provider's tokens do.
	MinLife time.Duration
	// Refused is the generation of a token that the API answered with 401; the
	// token returned is of a newer one.
	Refused uint64
	// Hurry says that something else can be done than wait: a refresh that takes
	// long goes on alone, and Token ends with an error of kind Network.
	Hurry bool
	// Uncounted says that no request to the model API follows.
	Uncounted bool
	// Inside says that the token stays in this program, or is for the person at it,
	// so that no program has to be confirmed.
	Inside bool
	// At is a moment behind which nothing has to be looked at again; zero: now.
	At glance.Mark
}

// cached is a token that is valid until its head changes.
type cached struct {
	token     Token
	refreshAt time.Time
	used      time.Time // when it was last asked for
	glimpse
}

// Token returns a fresh token of the account. When the current one is inside
// its skew it is refreshed first; when somebody else is at that already, or it
// fails or takes long for the moment, the token is returned all the same while it
// lives. Errors are of kind SignIn, Keystore, Network or Usage.
//
// Of an account that is marked to be confirmed a program gets none before a person
// has allowed it, which can take a minute; see [consent.NotConfirmed].
func (sv *Serving) Token(ctx context.Context, id string, o TokenOptions) (Token, error) {
	t, err := sv.current(ctx, id, o)
	if err == nil && t.confirm && !o.Inside {
		asked, refused := sv.gate.pass(ctx, id, consent.Prompt{})
		if refused != nil {
			return Token{}, refused
		}
		if asked { // it may have ended while the person thought
			t, err = sv.current(ctx, id, o)
		}
	}
	if err == nil && !o.Uncounted {
		sv.ledger.count(id, sv.state.Clock.Now())
	}
	return t, err
}

// current is [Serving.Token] without the person's word.
func (sv *Serving) current(ctx context.Context, id string, o TokenOptions) (Token, error) {
	now := sv.state.Clock.Now()
	if o.Refused == 0 {
		if t, ok := sv.cheap(id, o, now); ok {
			return t, nil
		}
	}
	t, err := sv.dearToken(ctx, id, o, now)
	if errors.Is(err, &autherr.Error{Code: autherr.CodeKeystoreLocked}) {
		sv.accounts.MarkLocked(ctx, id, true)
	}
	return t, err
}

// cheap is the check of a fresh token: whether its head is as it was.
func (sv *Serving) cheap(id string, o TokenOptions, now time.Time) (Token, bool) {
	sv.mu.Lock()
	kept, ok := sv.cache[id]
	if !ok {
		sv.mu.Unlock()
		return Token{}, false
	}
	have := *kept
	sv.mu.Unlock()
	endless := have.token.Expiry.IsZero()
	if !endless && (!now.Before(have.refreshAt) || have.token.Expiry.Sub(now) < o.MinLife) {
		return Token{}, false
	}
	seen, same := sv.still(id, have.glimpse, o.At, now)
	if !same {
		return Token{}, false
	}
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if kept, ok := sv.cache[id]; ok { // not forgotten meanwhile; it may be a newer one
		kept.used = now
		if kept.head == seen.head {
			kept.glimpse = seen
		}
	}
	return have.token, true
}

// dearToken reads the record and refreshes it if need be.
func (sv *Serving) dearToken(ctx context.Context, id string, o TokenOptions, now time.Time) (Token, error) {
	seen := sv.look(id)
	current, err := sv.state.Vault.Read(ctx, id)
	if err != nil && !current.Unfinished() {
		return Token{}, err
	}
	if err == nil && current.Head.Locked {
		sv.accounts.MarkLocked(ctx, id, false)
	}
	if err == nil {
		if err := sv.state.Providers.Check(current.Blob.Binding); err != nil {
			return Token{}, err
		}
	}
	if err == nil && current.Head.Shared() {
		return sv.borrowed(ctx, seen, current, o, now)
	}
	req := refresh.Request{Gen: o.Refused, Refused: o.Refused != 0, MinLife: o.MinLife}
	if err == nil {
		if o.Refused == 0 {
			req.Gen = current.Head.Gen
			if !wants(current.Head, o, now) {
				return sv.remember(id, seen, current), nil
			}
		} else if current.Head.Gen > o.Refused && current.Head.Live(now) {
			return sv.remember(id, seen, current), nil
		}
	}
	usable := err == nil && o.Refused == 0
	good := usable && current.Head.Live(now.Add(stillGood))
	req.NoWait = good
	result, err := sv.refreshInTime(ctx, id, req, o.Hurry || good && !shorter(current.Head, o.MinLife, now))
	if err == nil && !result.Busy {
		return sv.token(result.Current), nil
	}
	if usable && current.Head.Live(sv.state.Clock.Now()) && autherr.KindOf(err) != autherr.SignIn {
		return sv.token(current), nil
	}
	return Token{}, err
}

// refreshInTime refreshes, and waits no longer than the patience of those who hurry.
func (sv *Serving) refreshInTime(ctx context.Context, id string, req refresh.Request, hurry bool) (refresh.Result, error) {
	if hurry {
		short, cancel := context.WithTimeout(ctx, cmp.Or(sv.state.Hurry, usualHurry))
		defer cancel()
		ctx = short
	}
	return sv.SendRefresh(ctx, id, req)
}

// shorter reports whether a token lives shorter than is wanted.
func shorter(h *record.Head, wanted time.Duration, now time.Time) bool {
	return !h.Endless() && h.ExpiresAt.Sub(now) < wanted
}

// wants reports whether a token is to be refreshed before it is handed out.
func wants(h *record.Head, o TokenOptions, now time.Time) bool {
	if h.Due(now) || h.Endless() {
		return h.Due(now)
	}
	return o.MinLife < h.ExpiresAt.Sub(h.ObtainedAt) && shorter(h, o.MinLife, now)
}

// glimpse is what the cheap check compares, as it was before a record was read.
type glimpse struct {
	head fs.FileInfo // nil: it could not be looked at
	turn string      // of the keystore
	at   glance.Mark // since when the head is known to be that one
}

func (sv *Serving) look(id string) glimpse {
	info, _ := os.Stat(sv.state.Folder.HeadPath(id))
	return glimpse{head: info, turn: sv.state.Keystores.Turn()}
}

// still reports whether all is as it was glimpsed, and returns the glimpse with the
// moment at which it was: the one that is named, else the present one. That costs a
// stat where something in the folders has changed, and one of the lock's file where the
// keystore can be locked.
func (sv *Serving) still(id string, g glimpse, at glance.Mark, now time.Time) (glimpse, bool) {
	if g.head == nil || g.turn != sv.state.Keystores.Turn() {
		return g, false
	}
	at = at.Or(sv.state.Watch(), now)
	if g.at.Still(at) {
		return g, true
	}
	g.at = at
	info, err := os.Stat(sv.state.Folder.HeadPath(id))
	return g, err == nil && state.SameFile(info, g.head)
}

// remember keeps a token for the cheap check, which is safe only with what was
// seen before the record was read: a change, or a lock, in between is then noticed.
func (sv *Serving) remember(id string, seen glimpse, s vault.Sealed) Token {
	t := sv.token(s)
	if seen.head == nil {
		return t
	}
	sv.mu.Lock()
	defer sv.mu.Unlock()
	sv.cache[id] = &cached{
		token: t, glimpse: seen, refreshAt: s.Head.RefreshAt(), used: sv.state.Clock.Now(),
	}
	return t
}

// Drop drops the token of an account from memory.
func (sv *Serving) Drop(id string) {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	delete(sv.cache, id)
}
