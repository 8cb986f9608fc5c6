package roster

import (
	"bytes"
	"crypto/ed25519"
	"strconv"
)

// Link ties an epoch to the one before: whoever trusted that one can trust this.
type Link struct {
	Epoch uint64 `json:"epoch"`
	Key   []byte `json:"key"`            // with which everybody can tell what this epoch signed
	Sign  []byte `json:"sign,omitempty"` // of the epoch before; none at the first
	// Anchor is the signature of the recovery key, where that was at hand: when it
	// was made.
	Anchor []byte `json:"anchor,omitempty"`
}

func (l Link) message(fleet string) []byte {
	return message("link", fleet, strconv.FormatUint(l.Epoch, 10), string(l.Key))
}

func verify(key, text, sign []byte) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, text, sign)
}

// joined reports whether links are of one epoch after the other, up to this one.
func joined(links []Link, to uint64) bool {
	for i, l := range links {
		if l.Epoch+uint64(len(links)-i) != to+1 || len(l.Key) != ed25519.PublicKeySize || (i == 0) != (len(l.Sign) == 0) {
			return false
		}
	}
	return len(links) > 0
}

// linkOf is the link of an epoch.
func linkOf(links []Link, epoch uint64) (Link, bool) {
	for _, l := range links {
		if l.Epoch == epoch {
			return l, true
		}
	}
	return Link{}, false
}

// vouch finds the key of the last epoch in links, for somebody who trusts those
// of known: one of them, or one to which they lead.
func vouch(known, links []Link, fleet string) (ed25519.PublicKey, bool) {
	if len(known) == 0 || len(links) == 0 {
		return nil, false
	}
	last := links[len(links)-1]
	if own, ok := linkOf(known, last.Epoch); ok {
		return last.Key, bytes.Equal(own.Key, last.Key)
	}
	from := known[len(known)-1]
	same, ok := linkOf(links, from.Epoch)
	if !ok || !bytes.Equal(same.Key, from.Key) {
		return nil, false
	}
	for _, l := range links {
		if l.Epoch <= from.Epoch {
			continue
		}
		if !verify(from.Key, l.message(fleet), l.Sign) {
			return nil, false
		}
		from = l
	}
	return from.Key, true
}

// anchored returns the last link that a recovery key has signed.
func anchored(links []Link, recovery ed25519.PublicKey, fleet string) (found []Link) {
	for _, l := range links {
		if verify(recovery, l.message(fleet), l.Anchor) {
			found = []Link{l}
		}
	}
	return found
}
