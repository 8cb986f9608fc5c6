//go:build !linux && !freebsd && !netbsd && !openbsd && !dragonfly && !darwin

package main

import "context"

// desktopNotifier returns nil: there is none here.
func (a *app) desktopNotifier() func(ctx context.Context, text string) error { return nil }
