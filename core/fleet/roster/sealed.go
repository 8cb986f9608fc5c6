package roster

import (
	"bytes"
	"encoding/json"
	"fmt"

	"filippo.io/age"
)

// maxPast is how many epochs back an owner can still open what was not sealed
// anew.
const maxPast = 64

// sealedEpoch is what epoch/<n> holds, sealed: its key, and those before it, so
// that whoever is an owner now can seal anew what another has left over.
type sealedEpoch struct {
	Version int         `json:"version"`
	Epochs  []epochText `json:"epochs"` // newest first
}

type epochText struct {
	Epoch    uint64 `json:"epoch"`
	Identity string `json:"identity"`
}

// sealEpochs seals epochs, newest first, to the owners of a roster and to its
// recovery key.
func sealEpochs(r *Roster, epochs []*Epoch) ([]byte, error) {
	plain := sealedEpoch{Version: format}
	for _, e := range epochs[:min(len(epochs), maxPast+1)] {
		plain.Epochs = append(plain.Epochs, epochText{e.number, e.identity.String()})
	}
	data, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	return sealTo(data, append(r.recipients(Owner), r.Recovery)...)
}

// openEpochs opens what sealEpochs made, for a roster that somebody has vouched
// for. Each key has to be the one that the roster means.
func openEpochs(key string, sealed []byte, r *Roster, id *age.X25519Identity) ([]*Epoch, error) {
	data, err := openWith(sealed, id)
	if err != nil {
		return nil, damaged(fmt.Sprintf("%s in etcd cannot be opened with this host's key", key), err)
	}
	defer clear(data)
	var plain sealedEpoch
	if json.Unmarshal(data, &plain) != nil || len(plain.Epochs) == 0 {
		return nil, damaged(fmt.Sprintf("%s in etcd cannot be read", key), nil) // the cause would quote a key
	}
	if plain.Version > format {
		return nil, newer(plain.Version)
	}
	var epochs []*Epoch
	for i, text := range plain.Epochs {
		own, err := age.ParseX25519Identity(text.Identity)
		link, ok := linkOf(r.Links, text.Epoch)
		if err != nil || !ok || text.Epoch+uint64(i) != r.Epoch {
			return nil, forged(key)
		}
		e := epochOf(text.Epoch, own)
		if !bytes.Equal(e.public(), link.Key) {
			return nil, forged(key)
		}
		epochs = append(epochs, e)
	}
	if epochs[0].recipient() != r.Recipient {
		return nil, forged(key)
	}
	epochs[0] = epochs[0].withReaders(r.Readers)
	return epochs, nil
}

// newReading makes the readers' key of an epoch.
func newReading(e *Epoch) (*Reading, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return &Reading{&readingKeys{e.number, id, e.public()}}, nil
}

// sealReading seals the readers' key to every member.
func sealReading(r *Roster, reading *Reading) ([]byte, error) {
	return sealTo([]byte(reading.identity.String()), r.recipients(Owner, Reader)...)
}

// openReading opens it.
func openReading(key string, r *Roster, id *age.X25519Identity) (*Reading, error) {
	data, err := openWith(r.Reading, id)
	if err != nil {
		return nil, damaged(fmt.Sprintf("%s in etcd cannot be opened with this host's key", key), err)
	}
	defer clear(data)
	own, err := age.ParseX25519Identity(string(data))
	if err != nil || own.Recipient().String() != r.Readers {
		return nil, forged(key)
	}
	return &Reading{&readingKeys{r.Epoch, own, r.Links[len(r.Links)-1].Key}}, nil
}
