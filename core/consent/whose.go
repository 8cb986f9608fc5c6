package consent

import (
	"os"
	"path/filepath"
)

// farthest is how many processes stand at most between a command of ours and the
// program that called it.
const farthest = 16

// Process is the program that a process runs, as far as the system tells.
func Process(pid int) Asker {
	p, err := look(pid)
	if err != nil {
		return unnamed(pid)
	}
	return p.asker()
}

// Caller is the program that had a process started, of which the parent is given:
// the nearest ancestor that is neither a shell's -c nor a wrapper such as timeout.
func Caller(parent int) Asker {
	for range farthest {
		p, err := look(parent)
		if err != nil {
			break
		}
		if !p.transparent() {
			return p.asker()
		}
		parent = p.parent
	}
	return unnamed(parent)
}

// Own is the program that this process runs.
func Own() Asker {
	exe, err := os.Executable()
	if err != nil {
		return Process(os.Getpid())
	}
	return process{pid: os.Getpid(), exe: exe, args: os.Args, dir: workplace()}.asker()
}

// Command is the program that a command line starts: the file that was found for
// it, and its arguments, the first of which is the program's name.
func Command(path string, args []string) Asker {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	a := process{exe: path, args: args, dir: workplace()}.asker()
	if a.Path == path && len(args) > 0 { // by the name that the person typed: a link may lead to a version
		a.Name = filepath.Base(args[0])
	}
	return a.clean()
}

func workplace() string {
	dir, _ := os.Getwd()
	return dir
}
