package consent

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// maxArguments bounds what is read of a process's arguments.
const maxArguments = 64 << 10

// look reads what the system tells of a process (proc(5)).
func look(pid int) (process, error) {
	dir := fmt.Sprintf("/proc/%d", pid)
	stat, err := atomicfile.Read(filepath.Join(dir, "stat"), 4<<10)
	if err != nil {
		return process{}, err
	}
	p := process{pid: pid, parent: parentOf(string(stat))}
	p.exe, _ = os.Readlink(filepath.Join(dir, "exe"))
	p.dir, _ = os.Readlink(filepath.Join(dir, "cwd"))
	input, _ := os.Readlink(filepath.Join(dir, "fd", "0"))
	p.typed = strings.HasPrefix(input, "/dev/pts/") || strings.HasPrefix(input, "/dev/tty")
	args, err := atomicfile.Read(filepath.Join(dir, "cmdline"), maxArguments)
	if err != nil && !errors.Is(err, atomicfile.ErrTooLarge) {
		return p, err
	}
	for _, arg := range bytes.Split(bytes.TrimSuffix(args, []byte{0}), []byte{0}) {
		p.args = append(p.args, string(arg))
	}
	return p, nil
}

// parentOf reads the parent out of /proc/PID/stat: the second field behind the
// program's name, which may hold anything and ends with the last parenthesis.
func parentOf(stat string) int {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}
