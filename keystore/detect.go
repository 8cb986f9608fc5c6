package keystore

import "context"

// KeyringLabel is what people call the OS keyring of this platform.
const KeyringLabel = keyringLabel

// Reachable returns why the keyring must not even be called, nil when it may:
// without a session bus go-keyring starts one, and a keyring daemon, that stay
// behind.
func Reachable(env func(string) string) error { return reachable(env) }

// Detect finds out whether this machine has a keyring; nothing is started or
// unlocked. One that does not answer is an error and not an absence: nothing may
// be decided on it.
func Detect(ctx context.Context, env func(string) string) Availability { return detect(ctx, env) }
