package record

// Origin is where the grant of an imported account stands in another program's
// file. As long as that program owns the grant, its new tokens are read there.
type Origin struct {
	Format   string `json:"format"` // of the file, see package hermes
	File     string `json:"file"`   // absolute path
	Provider string `json:"provider"`
	Row      string `json:"row,omitempty"`  // id of a pool row; empty: the provider's own block
	Hash     string `json:"hash,omitempty"` // of the refresh token that was last read there
}
