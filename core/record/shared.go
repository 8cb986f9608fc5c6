package record

import "encoding/json"

// DecodeShared reads an account's head as a store has it that several hosts share:
// without the kind of the keystore in which its blob is, which is this host's.
func (f *Folder) DecodeShared(id string, data []byte, kind string) (*Head, error) {
	var h Head
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, damaged("a record cannot be read", err)
	}
	if h.Ref != nil {
		h.Ref.Kind = kind
	}
	h.Version = max(h.Version, 1)
	whole, err := json.Marshal(&h)
	if err != nil {
		return nil, err
	}
	read, err := decodeAccount(whole)
	if err == nil && read.ID != id {
		return nil, damaged("a record of "+id+" names the id "+read.ID, nil)
	}
	return read, err
}
