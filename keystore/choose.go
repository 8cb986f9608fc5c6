package keystore

import "fmt"

// Source says what decided which keystore is used.
type Source string

// The sources, strongest first.
const (
	ByFlag       Source = "flag"
	ByEnv        Source = "environment"
	ByConfig     Source = "config"
	ByRemembered Source = "remembered"
	Automatic    Source = "automatic"
)

// Presence says whether this machine has an OS keyring.
type Presence int

// The presences.
const (
	Absent  Presence = iota // there is none
	Present                 // there is one; it may be locked
)

// Availability is what [Detect] found out about the OS keyring.
type Availability struct {
	Presence Presence
	Reason   string // why it is absent: "no session bus"
	Err      error  // it could not be found out; nothing may be decided on it
}

// Request is everything the choice of a keystore depends on. Kinds are empty
// where nobody named one.
type Request struct {
	Flag, Env, Config Kind
	Remembered        Kind                // written into the store when its first account was stored
	Available         func() Availability // asks the system; only for a new store
	Reachable         func() error        // why a remembered keyring cannot be called from here
	AllowMemory       bool
}

// Choice is the keystore to use, and why.
type Choice struct {
	Kind     Kind
	ChosenBy Source
	Reason   string // worth showing: "no OS keyring here"; may be empty
}

// Choose decides which keystore is used: the flag before the environment, the
// environment before the configuration, that before what the store remembers,
// and only a new store is decided automatically. Whatever is named must agree
// with what is remembered; only a move changes that. It never falls back from a
// keyring that is locked or does not answer to a file.
func Choose(r Request) (Choice, error) {
	named, source := r.named()
	if named != "" {
		if err := r.check(named, source); err != nil {
			return Choice{}, err
		}
		return Choice{Kind: named, ChosenBy: source}, nil
	}
	switch r.Remembered {
	case "":
		return r.automatic()
	case KindKeyring:
		return r.remembered()
	default:
		return Choice{Kind: r.Remembered, ChosenBy: ByRemembered}, nil
	}
}

// named returns the strongest kind that somebody named.
func (r Request) named() (Kind, Source) {
	for _, n := range []struct {
		kind   Kind
		source Source
	}{{r.Flag, ByFlag}, {r.Env, ByEnv}, {r.Config, ByConfig}} {
		if n.kind != "" && n.kind != "auto" {
			return n.kind, n.source
		}
	}
	return "", ""
}

func (r Request) check(named Kind, source Source) error {
	switch {
	case named == KindMemory && r.AllowMemory:
	case named == KindMemory:
		return &Error{
			Condition: Unavailable, Op: "open",
			Message: "the memory keystore would lose the sign-in when this command ends",
			Hint:    "use `--keystore file` or `--keystore keyring`",
		}
	case named != KindKeyring && named != KindFile:
		return &Error{
			Condition: Misused, Op: "open", Message: fmt.Sprintf("there is no keystore %q (%s)", named, source),
			Hint: "use auto, keyring or file",
		}
	}
	if r.Remembered != "" && named != r.Remembered {
		return &Error{
			Condition: Misused, Op: "open",
			Message: fmt.Sprintf("the accounts are in the keystore %q, but the %s says %q", r.Remembered, source, named),
			Hint:    fmt.Sprintf("move them with `hermes-tui keystore move %s`, or take the setting back", named),
		}
	}
	return nil
}

// automatic chooses for a store that holds nothing yet.
func (r Request) automatic() (Choice, error) {
	found := r.Available()
	switch {
	case found.Err != nil:
		return Choice{}, &Error{
			Condition: Locked, Op: "open", Message: "it is not known whether there is an OS keyring: " + found.Err.Error(),
			Hint: "see that your desktop session works, or choose files for the new store with `--keystore file`", Err: found.Err,
		}
	case found.Presence == Absent:
		return Choice{Kind: KindFile, ChosenBy: Automatic, Reason: "no OS keyring here"}, nil
	default:
		return Choice{Kind: KindKeyring, ChosenBy: Automatic}, nil
	}
}

// remembered holds on to a keyring that may not be there now. Whether it answers
// its calls say: asking the bus as well would take its time twice.
func (r Request) remembered() (Choice, error) {
	if err := r.Reachable(); err != nil {
		return Choice{}, noBus.error("open", KeyringLabel, err)
	}
	return Choice{Kind: KindKeyring, ChosenBy: ByRemembered}, nil
}
