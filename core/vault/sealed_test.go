package vault

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// TestRead_LengthAndSumAreBothLookedAt: each alone tells that a secret is not
// the one that was written.
func TestRead_LengthAndSumAreBothLookedAt(t *testing.T) {
	for name, spoil := range map[string]func(r *record.Ref){
		"length": func(r *record.Ref) { r.Length++ },
		"sum":    func(r *record.Ref) { r.SHA256 = record.Checksum([]byte("another")) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.account()
			w.write(id, func(h *record.Head) { spoil(h.Ref) })
			if got, err := w.vault.Read(t.Context(), id); autherr.CodeOf(err) != autherr.CodeRecordDamaged || got.Blob != nil {
				t.Errorf("%v", err)
			}
		})
	}
}
