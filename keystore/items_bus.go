//go:build linux || netbsd || openbsd

package keystore

import (
	"errors"

	"github.com/godbus/dbus/v5"
	ss "github.com/zalando/go-keyring/secret_service"
)

// errCollectionLocked has the words by which go-keyring names a locked keyring.
var errCollectionLocked = errors.New("the collection is locked")

// Items implements [Enumerator]: the items of the collection that go-keyring
// uses, by their attributes. Nothing is opened, and a locked collection is not
// asked to unlock: for its items' names alone nobody is shown a prompt.
func (System) Items(service string) ([]string, error) {
	svc, err := ss.NewSecretService()
	if err != nil {
		return nil, err
	}
	collection := svc.GetLoginCollection()
	locked, err := collection.GetProperty("org.freedesktop.Secret.Collection.Locked")
	if err != nil {
		return nil, err
	}
	if locked.Value() == true {
		return nil, errCollectionLocked
	}
	items, err := svc.SearchItems(collection, map[string]string{"service": service})
	if err != nil {
		return nil, err
	}
	calls := make([]*dbus.Call, len(items)) // all at once, not one after the other
	for i, item := range items {
		calls[i] = svc.Object(secretService, item).Go("org.freedesktop.DBus.Properties.Get", 0, nil, "org.freedesktop.Secret.Item", "Attributes")
	}
	var users []string
	for _, call := range calls {
		var attributes map[string]string
		if err := (<-call.Done).Store(&attributes); vanished(err) {
			continue // deleted since
		} else if err != nil {
			return nil, err
		}
		users = append(users, attributes["username"])
	}
	return users, nil
}
