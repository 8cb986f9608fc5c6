package consent

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// process is what the system tells of one.
type process struct {
	pid, parent int
	exe         string // path of its file; empty: not told
	args        []string
	dir         string // where it works, for a script that is named from there
	typed       bool   // its input is a terminal
}

// interpreters run a script, which is the program that is meant. Each has the
// options that load nothing and take no value, so that what follows is the script;
// behind any other, what runs is not known for sure.
var interpreters = map[string][]string{
	"python": {"-u", "-B", "-E", "-I", "-O", "-s", "-S"},
	"node":   {"--no-warnings", "--enable-source-maps"}, "nodejs": {"--no-warnings", "--enable-source-maps"},
	"pypy": {"-u", "-B", "-E", "-I", "-O", "-s", "-S"},
	"ruby": nil, "jruby": nil, "perl": {"-w"}, "php": nil, "lua": nil, "luajit": nil, "pwsh": nil, "rscript": {"--vanilla"}, "julia": nil,
	"tclsh": nil, "wish": nil, "expect": nil, "guile": nil, "racket": nil, "mono": nil, "osascript": nil,
	"sh": {"-e", "-u"}, "bash": {"-e", "-u"}, "dash": {"-e", "-u"}, "zsh": {"-e", "-u"}, "ash": {"-e", "-u"}, "ksh": {"-e", "-u"}, "fish": nil,
}

// runners run what their arguments do not name for sure, even where there is a file
// of such a name: a class, a task, a module, a command of their own, or code.
var runners = []string{
	"java", "javaw", "dotnet", "deno", "bun", "r", "beam.smp", "erl", "powershell", "busybox", "toybox",
	"awk", "gawk", "mawk", "nawk", "original-awk", "make", "gmake", "ninja", "just", "task", "rake", "cargo", "go",
	"uv", "uvx", "pipx", "poetry", "npm", "npm-cli.js", "npx", "npx-cli.js", "pnpm", "pnpm.cjs", "yarn", "yarn.js",
}

// loaders begin the names of what runs the program that is its first argument: the
// system's loader, and machines of another kind.
var loaders = []string{"ld-", "qemu-"}

// shells stand, with -c, for the program that told them what to run.
var shells = []string{"sh", "bash", "dash", "zsh", "ash", "ksh", "fish"}

// typedOptions are those of a shell that a person types into.
var typedOptions = []string{"-i", "-l", "-il", "-li", "--login"}

// wrappers start another program and wait for it.
var wrappers = []string{"timeout", "xargs", "sudo", "doas", "setsid", "time", "watch"}

// adopters take in the processes whose parent has ended: which that was is not
// known any more.
var adopters = []string{"systemd", "init", "launchd"}

// deleted stands behind the path of a program whose file was replaced or removed
// (proc_pid_exe(5)).
const deleted = " (deleted)"

// name is the program's without the version that some carry: python3.12. BusyBox
// is many programs, and which one is its first argument.
func (p process) name() string {
	if filepath.Base(p.exe) == "busybox" && len(p.args) > 0 {
		return plain(strings.TrimPrefix(p.args[0], "-"))
	}
	return plain(p.exe)
}

func plain(path string) string {
	return strings.TrimRight(strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".exe"), "0123456789.-")
}

// runner reports whether a program or script of this name runs what is not known.
func runner(name string) bool {
	return slices.Contains(runners, name) || slices.ContainsFunc(loaders, func(begin string) bool { return strings.HasPrefix(name, begin) })
}

// options are the arguments behind the program's name.
func (p process) options() []string { return p.args[min(1, len(p.args)):] }

// transparent reports whether another program stands behind the process.
func (p process) transparent() bool {
	if slices.Contains(wrappers, p.name()) {
		return true
	}
	o := p.options()
	return slices.Contains(shells, p.name()) && len(o) > 0 &&
		strings.HasPrefix(o[0], "-") && !strings.HasPrefix(o[0], "--") && strings.Contains(o[0], "c")
}

// asker is the program that the process runs.
func (p process) asker() Asker {
	whole := Asker{Name: filepath.Base(p.exe), Path: p.exe, PID: p.pid, Key: p.exe}
	named := whole
	named.Key = ""
	options, interprets := interpreters[p.name()]
	switch {
	case p.pid == 1, slices.Contains(adopters, p.name()):
		return Asker{Name: "a program whose caller has ended"}
	case p.exe == "":
		return unnamed(p.pid)
	case strings.HasSuffix(p.exe, deleted):
		named.Name, named.Path = strings.TrimSuffix(named.Name, deleted), strings.TrimSuffix(p.exe, deleted)
		return named.clean()
	case p.atKeyboard():
		return whole.clean()
	case runner(p.name()), !interprets && runner(plain(p.exe)):
		return named.clean()
	case !interprets:
		return whole.clean()
	}
	script, ok := p.script(options)
	if !ok {
		return named.clean()
	}
	as := Asker{Name: filepath.Base(script), Path: script, PID: p.pid, Key: script}
	if runner(plain(script)) {
		as.Key = ""
	}
	return as.clean()
}

// unnamed is the program of a process of which the system does not say more.
func unnamed(pid int) Asker { return Asker{Name: "a program that the system does not name", PID: pid} }

// atKeyboard reports whether the process is a shell that a person types into, and
// not one that is fed a script.
func (p process) atKeyboard() bool {
	other := func(option string) bool { return !slices.Contains(typedOptions, option) }
	return p.typed && slices.Contains(shells, p.name()) && !slices.ContainsFunc(p.options(), other)
}

// script is the file that an interpreter runs, with its links followed.
func (p process) script(harmless []string) (path string, ok bool) {
	for _, arg := range p.options() {
		switch {
		case slices.Contains(harmless, arg):
			continue
		case arg == "" || strings.HasPrefix(arg, "-"):
			return "", false
		case !filepath.IsAbs(arg):
			arg = filepath.Join(p.dir, arg)
		}
		return regular(arg)
	}
	return "", false
}

// regular is where a file really is. Names that mean another file to each process,
// as /dev/fd/3, are none; /dev/shm is a folder like any other.
func regular(path string) (real string, ok bool) {
	if strings.HasPrefix(path, "/dev/") && !strings.HasPrefix(path, "/dev/shm/") || strings.HasPrefix(path, "/proc/") {
		return "", false
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil || !filepath.IsAbs(real) {
		return "", false
	}
	info, err := os.Lstat(real)
	return real, err == nil && info.Mode().IsRegular()
}
