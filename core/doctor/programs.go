package doctor

import (
	"context"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/connect"
)

// lookAtPrograms finds settings that go before those that `connect` wrote, and keys
// there that open the proxy no more. No value is ever shown.
func lookAtPrograms(ctx context.Context, p *Patient) []Finding {
	if p.Programs.Read == nil {
		return nil
	}
	var found []Finding
	for _, program := range connect.Programs() {
		path, text, ok := connected(p, program)
		if !ok {
			continue
		}
		if err := program.Check(text); err != nil {
			found = append(found, warning(program.Name+": "+path+" cannot be read, so that its settings do not count: "+err.Error(), "hermes-tui connect "+program.ID+" --undo, or repair it by hand"))
			continue
		}
		found = append(found, lookAtLocalKeys(ctx, p, program, path, text)...)
		rivals := program.Rivals(p.Programs, path)
		clean := true
		for _, rival := range rivals {
			if rival.File == "" { // the environment has a check of its own
				continue
			}
			clean = false
			cure := "take it out, if " + program.Name + " does not use the account"
			if rival.Own && rival.Dropped {
				cure = "hermes-tui connect " + program.ID + " --write"
			}
			found = append(found, warning(program.Name+": "+rival.String()+" goes before what `connect` wrote, or leads elsewhere", cure))
		}
		if clean {
			found = append(found, good(program.Name+": nothing goes before what `connect` wrote into "+path))
		}
	}
	return found
}

// connected returns a program's file where `connect` wrote into it.
func connected(p *Patient, program connect.Program) (path string, text []byte, ok bool) {
	if p.Programs.Read == nil {
		return "", nil, false
	}
	path, err := program.Path(p.Programs)
	if err != nil || path == "" {
		return "", nil, false
	}
	text, err = p.Programs.Read(path)
	return path, text, err == nil && connect.Connected(text)
}

// shadowing are the variables that programs take before what they were given
// here, and which programs those are. OpenAI's are read by many programs that have
// nothing to do with it, and count where a program's file says that it is connected.
func shadowing(p *Patient) (names []string, who map[string]string) {
	who = map[string]string{}
	for _, program := range connect.Programs() {
		for _, name := range program.Variables() {
			if strings.HasPrefix(name, "OPENAI_") {
				if _, _, ok := connected(p, program); !ok {
					continue
				}
			}
			if who[name] == "" {
				names = append(names, name)
			}
			who[name] = strings.TrimPrefix(who[name]+" and "+program.Name, " and ")
		}
	}
	return names, who
}
