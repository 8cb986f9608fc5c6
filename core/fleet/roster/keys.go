package roster

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// Keys are the names of a fleet's keys in etcd. Nothing else builds one. A part
// that comes from elsewhere, a model's name or an id, cannot leave its place:
// what is not a letter, a digit or one of "._-" is written as %XX.
type Keys struct{ fleet string }

// NewKeys returns the names of the fleet with this id, which is a short word of
// lower-case letters, digits and hyphens.
func NewKeys(fleet string) (Keys, error) {
	if !validFleet(fleet) {
		return Keys{}, usage("%.60q cannot be the name of a fleet", "it has 1 to 32 lower-case letters, digits and hyphens, and begins with a letter or a digit", fleet)
	}
	return Keys{fleet}, nil
}

func validFleet(id string) bool {
	for i, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c != '-' || i == 0) {
			return false
		}
	}
	return id != "" && len(id) <= 32
}

// ID is the fleet's.
func (k Keys) ID() string { return k.fleet }

// Prefix is what every name begins with.
func (k Keys) Prefix() string { return "/hermes-tui/" + k.fleet + "/" }

// Fleet holds the roster.
func (k Keys) Fleet() string { return k.Prefix() + "fleet" }

// Stamp is new at each change of the roster.
func (k Keys) Stamp() string { return k.Prefix() + "stamp" }

// Epoch holds the sealed key of an epoch.
func (k Keys) Epoch(n uint64) string { return k.Prefix() + "epoch/" + strconv.FormatUint(n, 10) }

// Accounts is what the names of all accounts' keys begin with.
func (k Keys) Accounts() string { return k.Prefix() + "acct/" }

// Account is what the names of an account's keys begin with.
func (k Keys) Account(id string) string { return k.Accounts() + part(id) + "/" }

// Head, Access and Busy are those of an account.
func (k Keys) Head(id string) string { return k.Account(id) + "head" }

// Access holds what readers are given of an account.
func (k Keys) Access(id string) string { return k.Account(id) + "access" }

// Busy is there while somebody may send an account's refresh token.
func (k Keys) Busy(id string) string { return k.Account(id) + "busy" }

// Blob holds an account's sealed tokens, once under each name.
func (k Keys) Blob(id, name string) string { return k.Account(id) + "blob/" + part(name) }

// Alive says that a host is there.
func (k Keys) Alive(host string) string { return k.Hosts() + part(host) }

// Hosts is what the names of the keys of hosts that are there begin with.
func (k Keys) Hosts() string { return k.Prefix() + "alive/" }

// HostOf says which host a key speaks of that is there.
func (k Keys) HostOf(key string) (host string, ok bool) { return below(key, k.Hosts()) }

// SignIn says that somebody signs an account in.
func (k Keys) SignIn(id string) string { return k.SignIns() + part(id) }

// SignIns is what the names of the keys of sign-ins under way begin with.
func (k Keys) SignIns() string { return k.Prefix() + "sign-in/" }

// SignInOf says of which account's sign-in a key speaks.
func (k Keys) SignInOf(key string) (id string, ok bool) { return below(key, k.SignIns()) }

// below is the one part of a name that follows a prefix.
func below(key, prefix string) (string, bool) {
	escaped, ok := strings.CutPrefix(key, prefix)
	if !ok {
		return "", false
	}
	return unpart(escaped)
}

// Want says that a reader needs a newer token of an account.
func (k Keys) Want(id string) string { return k.Prefix() + "want/" + part(id) }

// Wants is what the names of all readers' wishes begin with.
func (k Keys) Wants() string { return k.Prefix() + "want/" }

// Cool says that an account cools down, for one model or, with an empty one, for
// all.
func (k Keys) Cool(id, model string) string {
	return k.Cools() + part(id) + "/" + part(model)
}

// Cools is what the names of all cool-downs begin with.
func (k Keys) Cools() string { return k.Prefix() + "cool/" }

// CoolOf says whose cool-down a key is, and for which model.
func (k Keys) CoolOf(key string) (id, model string, ok bool) {
	rest, below := strings.CutPrefix(key, k.Cools())
	id, model, two := strings.Cut(rest, "/")
	id, whole := unpart(id)
	model, as := unpart(model)
	return id, model, below && two && whole && as
}

// Pool holds something that the pool is shown by: labels, order.
func (k Keys) Pool(what string) string { return k.Prefix() + "pool/" + part(what) }

// Use holds a host's counters.
func (k Keys) Use(host string) string { return k.Uses() + part(host) }

// Past holds those of them that change no more.
func (k Keys) Past(host string) string { return k.Use(host) + "/past" }

// Uses is what the names of all hosts' counters begin with.
func (k Keys) Uses() string { return k.Prefix() + "use/" }

// UseOf says whose counters a key holds, and whether those of the past.
func (k Keys) UseOf(key string) (host string, past, ok bool) {
	rest, below := strings.CutPrefix(key, k.Uses())
	rest, past = strings.CutSuffix(rest, "/past")
	host, whole := unpart(rest)
	return host, past, below && whole && host != ""
}

// Ask says that the provider was asked a moment ago what is left of an account's plan.
func (k Keys) Ask(id string) string { return k.Prefix() + "ask/" + part(id) }

// Join is where an invitation is answered.
func (k Keys) Join(invite string) string { return k.Prefix() + "join/" + part(invite) }

// AccountOf says whose key of an account this is, and which one: "head",
// "access", "busy", or "blob/" and a name.
func (k Keys) AccountOf(key string) (id, which string, ok bool) {
	rest, below := strings.CutPrefix(key, k.Accounts())
	escaped, which, _ := strings.Cut(rest, "/")
	id, whole := unpart(escaped)
	name, blob := strings.CutPrefix(which, "blob/")
	if blob {
		if name, ok = unpart(name); !ok {
			return "", "", false
		}
		which = "blob/" + name
	}
	if !below || !whole || which != "head" && which != "access" && which != "busy" && !blob {
		return "", "", false
	}
	return id, which, true
}

// Handed is what the names of everything begin with that is handed in after a restore:
// in all, of one restore, by one host.
func (k Keys) Handed(parts ...string) string {
	name := k.Prefix() + "restore/"
	for _, p := range parts {
		name += part(p) + "/"
	}
	return name
}

// part is text as one part of a name; unpart reads it again. Nothing is "%".
func part(text string) string {
	if text == "" {
		return "%"
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		if plain(c) {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return b.String()
}

func unpart(escaped string) (text string, ok bool) {
	if escaped == "%" {
		return "", true
	}
	var b []byte
	for rest := escaped; rest != ""; {
		if rest[0] != '%' {
			b, rest = append(b, rest[0]), rest[1:]
			continue
		}
		if len(rest) < 3 {
			return "", false
		}
		c, err := hex.DecodeString(rest[1:3])
		if err != nil {
			return "", false
		}
		b, rest = append(b, c[0]), rest[3:]
	}
	return string(b), len(b) > 0 && part(string(b)) == escaped
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
}
