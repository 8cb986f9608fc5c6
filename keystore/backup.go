package keystore

import (
	"bytes"
	"context"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Backup writes data to a new file at path, sealed to the file store's key, and
// proves that it can be opened again. The key is made if there is none, also
// where secrets are in the OS keyring. `age -d -i KEY` opens the file.
func (m *Manager) Backup(ctx context.Context, path string, data []byte) error {
	id, err := OpenFile(m.BlobDir, m.Key).sealKey(ctx)
	if err != nil {
		return err
	}
	sealed, err := seal(data, id)
	if err != nil {
		return unwritable(err)
	}
	staged, err := atomicfile.Stage(path, 0o600)
	if err == nil {
		err = staged.CommitNew(sealed)
	}
	if err != nil {
		return unwritable(err)
	}
	return opens(path, id, data)
}

// opens returns an error unless the file holds these bytes.
func opens(path string, id age.Identity, want []byte) error {
	file, err := atomicfile.Open(path)
	if err != nil {
		return unwritable(err)
	}
	defer func() { _ = file.Close() }()
	plain, err := age.Decrypt(file, id)
	if err != nil {
		return damagedFile(err)
	}
	var got bytes.Buffer
	if _, err := got.ReadFrom(plain); err != nil || !bytes.Equal(got.Bytes(), want) {
		return damagedFile(err)
	}
	return nil
}
