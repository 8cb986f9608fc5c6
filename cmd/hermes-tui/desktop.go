package main

import (
	"context"
	"time"
)

// notifyTime bounds a notification of the desktop.
const notifyTime = 2 * time.Second

// desktop returns the way to the notifications of the desktop, nil where there
// is none, and over SSH, where the desktop is not the person's.
func (a *app) desktop() func(text string) error {
	notify := a.desktopNotifier()
	if notify == nil || a.getenv(remoteSigns...) != "" {
		return nil
	}
	return func(text string) error {
		ctx, cancel := context.WithTimeout(context.Background(), notifyTime)
		defer cancel()
		return notify(ctx, text)
	}
}
