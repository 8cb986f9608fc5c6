package keystore

import (
	"errors"
	"strings"

	"github.com/danieljoos/wincred"
)

// Items implements [Enumerator]: go-keyring writes a credential under service
// and user with a colon between them.
func (System) Items(service string) ([]string, error) {
	found, err := wincred.FilteredList(service + ":*")
	if errors.Is(err, wincred.ErrElementNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var users []string
	for _, credential := range found {
		if user, ours := strings.CutPrefix(credential.TargetName, service+":"); ours {
			users = append(users, user)
		}
	}
	return users, nil
}
