package keystore

import (
	"context"
	"errors"
	"testing"

	"github.com/zalando/go-keyring"
)

func TestClassify(t *testing.T) {
	for text, want := range map[string]Condition{
		"failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'": Locked,
		"The name org.freedesktop.secrets was not provided by any .service files":        Unavailable,
		"exec: \"dbus-launch\": executable file not found in $PATH":                      Unavailable,
		"dbus: connection closed by user":                                                Unavailable,
		"secret service: Prompt was dismissed":                                           Locked,
		"something nobody has seen before":                                               Unavailable,
	} {
		if got := ConditionOf(classify("get", "ring", errors.New(text))); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
	if got := ConditionOf(classify("put", "ring", keyring.ErrSetDataTooBig)); got != TooLarge {
		t.Errorf("too big is %d", got)
	}
	if err := classify("get", "ring", context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled became %v", err)
	}
}

func TestVanished(t *testing.T) {
	for text, want := range map[string]bool{
		"Object does not exist at path “/org/freedesktop/secrets/collection/login/7”":                                   true,
		"No such interface “org.freedesktop.Secret.Item” on object at path /org/freedesktop/secrets/collection/login/7": true,
		"No such secret item at path: /org/freedesktop/secrets/collection/login/7":                                      true,
		"failed to unlock correct collection '/org/freedesktop/secrets/collection/login/7'":                             true,
		"failed to unlock correct collection '/org/freedesktop/secrets/collection/login'":                               false,
		"failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'":                                false,
		"Object does not exist at path “/org/freedesktop/secrets/collection/login”":                                     false,
		"The name org.freedesktop.secrets was not provided by any .service files":                                       false,
	} {
		if got := vanished(errors.New(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if vanished(nil) {
		t.Error("nothing vanished")
	}
}
