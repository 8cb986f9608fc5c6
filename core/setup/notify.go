package setup

import (
	"errors"
	"fmt"
)

// Notify is how a person is told that an account needs them. In the file it is a
// list of ways, or a table: of the ways, a command, and whether the sign-in
// begins by itself.
type Notify struct {
	Ways []string // of tui.Notifications, for a window that is not looked at
	// Command is run by `serve`, with a notice in JSON on its standard input; empty:
	// there is none.
	Command []string
	// SignIn has `serve` begin the sign-in of an account that needs one, so that
	// the notice has the link and the code.
	SignIn bool
}

// UnmarshalTOML reads either form. What is misspelt in the table is an error.
func (n *Notify) UnmarshalTOML(value any) (err error) {
	table, ok := value.(map[string]any)
	if !ok {
		n.Ways, err = texts("notify", value)
		return err
	}
	for key, value := range table {
		switch key {
		case "ways":
			n.Ways, err = texts("notify.ways", value)
		case "command":
			n.Command, err = texts("notify.command", value)
		case "sign_in":
			if n.SignIn, ok = value.(bool); !ok {
				err = errors.New("notify.sign_in is true or false")
			}
		default:
			err = fmt.Errorf("there is no setting notify.%s; a table of notify has ways, command and sign_in", key)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case n.SignIn && len(n.Command) == 0:
		return errors.New("notify.sign_in needs notify.command, which tells a person the code")
	case n.Command != nil && (len(n.Command) == 0 || n.Command[0] == ""):
		return errors.New("notify.command names no command")
	}
	return nil
}

func texts(name string, value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf(`%s is a list of texts, as in ["bell"]`, name)
	}
	all := make([]string, len(list))
	for i := range list {
		if all[i], ok = list[i].(string); !ok {
			return nil, fmt.Errorf(`%s is a list of texts, as in ["bell"]`, name)
		}
	}
	return all, nil
}
