package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Beside a program's file that was changed lie at most three of ours, readable
// by their owner only: what stood there before the first change, what stood
// there before the latest one that followed a change of somebody else, and the
// record that says which of them --undo gives back.
const (
	firstBackup  = ".hermes-tui-first.bak"
	latestBackup = ".hermes-tui.bak"
	backupRecord = ".hermes-tui.json"
)

// backups is the record.
type backups struct {
	// Wrote is the SHA-256 of what was written last, in hexadecimal digits.
	Wrote string `json:"wrote"`
	// Back is the suffix of the backup that --undo gives back; empty: there was
	// no file, and it is deleted.
	Back string `json:"back"`
}

func fingerprint(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// readBackups returns the record of a file; not ok when there is none.
func readBackups(path string) (backups, bool, error) {
	var b backups
	text, err := readConfig(path + backupRecord)
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
func (a *app) keep(file configFile, next []byte) (string, error) {
	b, there, err := readBackups(file.path)
	if err != nil { // a record that cannot be read says nothing about the backups
		there = false
	}
	switch {
	case there && b.Wrote == fingerprint(file.text) && file.exists:
	case !file.exists:
		b.Back = ""
	default:
		b.Back = firstBackup
		if exists(file.path + firstBackup) {
			b.Back = latestBackup
		}
		if err := atomicfile.Write(file.path+b.Back, file.text, 0o600); err != nil {
			return "", err
		}
	}
	b.Wrote = fingerprint(next)
	text, err := json.Marshal(b)
	if err != nil {
		return "", err
	}
	if err := atomicfile.Write(file.path+backupRecord, append(text, '\n'), 0o600); err != nil {
		return "", err
	}
	if b.Back == "" {
		return "", nil
	}
	return file.path + b.Back, nil
}

// forget deletes the record, and the backups that nobody needs any more: all,
// when the file is what it was before the first change.
func (b backups) forget(path string, now []byte, gone bool) error {
	first, err := readConfig(path + firstBackup)
	names := []string{latestBackup, backupRecord}
	if gone || err == nil && bytes.Equal(first, now) {
		names = append(names, firstBackup)
	}
	for _, name := range names {
		if err := os.Remove(path + name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
