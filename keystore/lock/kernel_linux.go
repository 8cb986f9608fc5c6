package lock

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// kernel holds the key in the kernel's keyring of the user (keyrings(7)):
// memory that is never written to a disk or into the swap, that no other user
// reads, and that the kernel itself forgets when its time is over, or when the
// user's last process has ended.
type kernel struct{}

// keyPermissions let every process of the user find, read and drop the key, also
// one of another session, such as a service (keyctl_setperm(3)): everything for
// who possesses it; view, read and search for its user; nothing for others.
const keyPermissions = 0x3f0b0000

func (kernel) ID() string { return "kernel" }

func (kernel) Name() string { return "kernel's keyring" }

func (kernel) Hold(name, text string, life time.Duration) error {
	id, err := unix.AddKey("user", kernelName(name), []byte(text), unix.KEY_SPEC_USER_KEYRING)
	if err != nil {
		return err
	}
	// Its time first: what is held without an end must not be found by others.
	_, err = unix.KeyctlInt(unix.KEYCTL_SET_TIMEOUT, id, max(1, int(life/time.Second)), 0, 0)
	if err == nil {
		err = unix.KeyctlSetperm(id, keyPermissions)
	}
	if err != nil {
		_, _ = unix.KeyctlInt(unix.KEYCTL_INVALIDATE, id, 0, 0, 0)
	}
	return err
}

func (kernel) Take(name string) (string, error) {
	id, err := findKey(name)
	if err != nil {
		return "", err
	}
	text := make([]byte, 1<<10)
	n, err := unix.KeyctlBuffer(unix.KEYCTL_READ, id, text, 0)
	if err != nil {
		return "", gone(err)
	}
	defer clear(text)
	return string(text[:min(n, len(text))]), nil
}

func (kernel) Drop(name string) error {
	id, err := findKey(name)
	if errors.Is(err, ErrNotHeld) {
		return nil
	}
	if err == nil {
		_, err = unix.KeyctlInt(unix.KEYCTL_INVALIDATE, id, 0, 0, 0)
	}
	return err
}

func findKey(name string) (int, error) {
	id, err := unix.KeyctlSearch(unix.KEY_SPEC_USER_KEYRING, "user", kernelName(name), 0)
	return id, gone(err)
}

func kernelName(name string) string { return "hermes-tui:" + name }

// gone is ErrNotHeld for a key that is not there, or whose time is over.
func gone(err error) error {
	for _, is := range []error{unix.ENOKEY, unix.EKEYEXPIRED, unix.EKEYREVOKED} {
		if errors.Is(err, is) {
			return ErrNotHeld
		}
	}
	return err
}

// Platform are the holders of this platform beside the OS keyring.
func Platform() []Holder { return []Holder{kernel{}} }
