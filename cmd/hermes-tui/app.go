package main

import "github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

// app is one command under way.
type app struct{ *session.Session }
