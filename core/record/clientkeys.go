package record

import (
	"encoding/json"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// sealedClients is the blob of the keys of programs. It has what is kept of each;
// the keys themselves are nowhere.
type sealedClients struct {
	Version int             `json:"version"`
	StoreID string          `json:"store_id"`
	Record  string          `json:"record"`
	Clients clientkey.Table `json:"clients"`
}

// clientsBlob is the blob of the keys of programs.
func clientsBlob(storeID string, keys clientkey.Table) *Blob {
	return &Blob{StoreID: storeID, AccountID: ClientKeysID, Gen: keyGen, Why: ForMove, Clients: keys}
}

func (b *Blob) sealClients() ([]byte, error) {
	if !b.Clients.Sound() { // it would open nothing any more
		return nil, damaged("the client keys would not be readable once they are stored", nil)
	}
	return json.Marshal(sealedClients{format, b.StoreID, ClientKeysID, b.Clients})
}

// openClients parses what sealClients made.
func openClients(data []byte) (*Blob, error) {
	var s sealedClients
	if err := json.Unmarshal(data, &s); err != nil || s.Version < 1 || !s.Clients.Sound() {
		return nil, damaged("the record of the client keys is not readable", nil)
	}
	return clientsBlob(s.StoreID, s.Clients), nil
}
