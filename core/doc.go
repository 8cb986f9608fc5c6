// Package core is the life of an account: signing in, expiry, refresh,
// quarantine, and handing a fresh token to whoever asks.
package core
