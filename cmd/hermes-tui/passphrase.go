package main

import (
	"context"
	"errors"
	"os"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// passphrase asks for the passphrase of a sealed key file, without echo; nil
// without a terminal.
func (a *app) passphrase() func(context.Context) (string, error) {
	in := a.keyboard()
	if in == nil {
		return nil
	}
	return func(context.Context) (string, error) {
		text, err := a.secretLine(in, "Passphrase of the key file: ")
		if err == nil && text == "" {
			err = errors.New("it was empty")
		}
		return text, err
	}
}
