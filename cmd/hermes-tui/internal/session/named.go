package session

import "github.com/hermes-tui/hermes-tui/core"

// NoteAlone says of a name that an account has and its pool, too, that the account
// serves alone: no other takes over from it.
func (s *Session) NoteAlone(accounts *core.Core, name string) {
	if pool, members, ok := accounts.Alone(name); ok {
		s.Note("%s is one account, and serves alone; %s is its pool, of %d", name, pool, members)
	}
}
