package foreign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Beside a program's file that was changed lie at most three of ours, readable
// by their owner only: what stood there before the first change, what stood
// there before the latest one that followed a change of somebody else, and the
// record that says which of them Restore gives back.
const (
	firstBackup  = ".hermes-tui-first.bak"
	latestBackup = ".hermes-tui.bak"
	backupRecord = ".hermes-tui.json"
)

// backups is the record.
type backups struct {
	// Wrote is the SHA-256 of what was written last, in hexadecimal digits.
	Wrote string `json:"wrote"`
	// Back is the suffix of the backup that Restore gives back; empty: there was
	// no file, and it is deleted.
	Back string `json:"back"`
	// Mode is the file's mode before a key was written into it; 0: it stayed.
	Mode fs.FileMode `json:"mode,omitempty"`
}

func fingerprint(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// readBackups returns the record of a file; not ok when there is none.
func readBackups(path string) (backups, bool, error) {
	var b backups
	text, err := Read(path + backupRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return b, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	if err == nil && b.Back != "" && b.Back != firstBackup && b.Back != latestBackup {
		err = errors.New("it names a backup that is not known")
	}
	return b, err == nil, err
}

// keep keeps a file's text before another one is written, and returns where; an
// empty place where it did not exist. Changes of ours that follow each other
// have one backup, from before the first of them.
func (f File) keep(next []byte) (string, error) {
	b, there, err := readBackups(f.Path)
	if err != nil { // a record that cannot be read says nothing about the backups
		there = false
	}
	switch {
	case there && b.Wrote == fingerprint(f.Text) && f.Exists:
	case !f.Exists:
		b.Back, b.Mode = "", 0
	default:
		b.Back, b.Mode = firstBackup, f.open
		if exists(f.Path + firstBackup) {
			b.Back = latestBackup
		}
		if err := atomicfile.Write(f.Path+b.Back, f.Text, 0o600); err != nil {
			return "", err
		}
	}
	b.Wrote = fingerprint(next)
	text, err := json.Marshal(b)
	if err != nil {
		return "", err
	}
	if err := atomicfile.Write(f.Path+backupRecord, append(text, '\n'), 0o600); err != nil {
		return "", err
	}
	if b.Back == "" {
		return "", nil
	}
	return f.Path + b.Back, nil
}

// Former is what stood in a file before it was changed here.
type Former struct {
	Path string // where that is kept
	Text []byte
	Gone bool // there was no file
	Same bool // the file is as it was already
	Ours bool // nobody has changed the file since
	mode fs.FileMode
}

// Former returns what stood in a file before it was changed here. Errors say
// that there is nothing, or that it cannot be read.
func (f File) Former() (Former, error) {
	b, there, err := readBackups(f.Path)
	if err != nil {
		return Former{}, exit.Usage("the record "+f.Path+backupRecord+" is damaged", "what stood in the file is in the backups beside it ("+firstBackup+", "+latestBackup+")")
	}
	if !there {
		return Former{}, exit.Usage(f.Path+" was not changed by `connect --write`", "there is nothing to undo")
	}
	was := Former{Gone: b.Back == "", mode: b.Mode.Perm()}
	if !was.Gone {
		was.Path = f.Path + b.Back
		if was.Text, err = Read(was.Path); err != nil {
			return was, exit.Usage("the backup "+was.Path+" cannot be read: "+atomicfile.Reason(err).Error(), "nothing was changed")
		}
	}
	was.Same = f.Exists && !was.Gone && bytes.Equal(was.Text, f.Text) || !f.Exists && was.Gone
	was.Ours = f.Exists && fingerprint(f.Text) == b.Wrote
	return was, nil
}

// Restore gives a file back as it was, unless somebody has written it meanwhile.
func (f File) Restore(was Former) error {
	if !was.Gone {
		if was.mode&0o600 == f.mode { // as [File.Private] left it
			f.mode = was.mode
		}
		return f.replace(was.Text, func() error { return nil })
	}
	if err := f.again(); err != nil {
		return err
	}
	return os.Remove(f.Path)
}

// Forget deletes the record of a file that is as it was, and the backups that
// nobody needs any more. It returns what is kept: what stood there before the
// first change, unless the file is that again.
func (f File) Forget(was Former) (kept string, err error) {
	names := []string{latestBackup, backupRecord}
	first, err := Read(f.Path + firstBackup)
	if was.Gone || err == nil && bytes.Equal(first, was.Text) {
		names = append(names, firstBackup)
	}
	for _, name := range names {
		if err := os.Remove(f.Path + name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if exists(f.Path + firstBackup) {
		return f.Path + firstBackup, nil
	}
	return "", nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
