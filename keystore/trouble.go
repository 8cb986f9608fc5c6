package keystore

import "strings"

// trouble is one way in which an OS keyring fails, with the sentence and the
// cure that are true for it. LABEL stands for what people call the keyring.
type trouble struct {
	condition Condition
	message   string
	hint      string
}

// The troubles that every system knows. What only the Keychain says is in
// keychain.go.
var (
	locked    = trouble{Locked, "the LABEL is locked", "unlock it, then try again"}
	dismissed = trouble{Locked, "the LABEL is still locked: its prompt was dismissed, or could not be shown", "try again and answer the prompt, or unlock the LABEL on your desktop"}
	silent    = trouble{Locked, "the LABEL did not answer in time", "answer its prompt (it may be hidden behind a window), or start the LABEL again if it hangs; then try again"}
	notKept   = trouble{Locked, "the LABEL did not keep the secret", "if it asked for a password, answer its prompt; then try again"}
	notGone   = trouble{Locked, "the LABEL did not delete the secret", "answer its prompt, then try again"}
	queued    = trouble{Locked, "another program is waiting for the LABEL", "answer its prompt (it may be hidden behind a window), then try again"}
	unserved  = trouble{Unavailable, "nothing provides the LABEL in this session", "start your keyring (GNOME Keyring, KWallet, KeePassXC) in this session, then try again"}
	cutOff    = trouble{Unavailable, "the connection to the LABEL broke", "see that your desktop session still runs, then try again"}
	tooBig    = trouble{TooLarge, "the LABEL does not take a secret of this size", ""}
	noSession = trouble{Unavailable, "the LABEL is not open to this kind of logon", "log on with your password, at the machine or by remote desktop, then try again"}
	unknown   = trouble{Unavailable, "the LABEL cannot be used", "see that it works for other programs, then try again"}
	noBus     = trouble{Unavailable, "the LABEL cannot be reached from here", "over SSH, set DBUS_SESSION_BUS_ADDRESS to the bus of your desktop session, or run hermes-tui there"}
)

// error is the trouble as an error of a keyring with this label. cause is what
// the system said.
func (t trouble) error(op, label string, cause error) error {
	if t.condition == NotFound {
		return notFound(op)
	}
	named := strings.NewReplacer("LABEL", label)
	return &Error{Condition: t.condition, Op: op, Message: named.Replace(t.message), Hint: named.Replace(t.hint), Err: cause}
}
