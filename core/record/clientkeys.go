package record

import (
	"encoding/json"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// sealedClients is a blob of the keys of programs. It has what is kept of each; the
// keys themselves are nowhere.
type sealedClients struct {
	Version int             `json:"version"`
	StoreID string          `json:"store_id"`
	Record  string          `json:"record"`
	Serial  uint64          `json:"serial,omitempty"` // of the fleet's
	Clients clientkey.Table `json:"clients"`
}

// ClientsBlob is a blob of the keys of programs: this host's, or the fleet's.
func ClientsBlob(storeID, id string, serial uint64, keys clientkey.Table) *Blob {
	return &Blob{StoreID: storeID, AccountID: id, Gen: keyGen, Why: ForMove, Serial: serial, Clients: keys}
}

func (b *Blob) sealClients() ([]byte, error) {
	if !b.Clients.Sound() { // it would open nothing any more
		return nil, damaged("the client keys would not be readable once they are stored", nil)
	}
	return json.Marshal(sealedClients{format, b.StoreID, b.AccountID, b.Serial, b.Clients})
}

// openClients parses what sealClients made.
func openClients(data []byte) (*Blob, error) {
	var s sealedClients
	if err := json.Unmarshal(data, &s); err != nil || s.Version < 1 || !s.Clients.Sound() {
		return nil, damaged("the record of the client keys is not readable", nil)
	}
	return ClientsBlob(s.StoreID, s.Record, s.Serial, s.Clients), nil
}
