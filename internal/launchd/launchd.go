// Package launchd takes the listening sockets that macOS's service manager holds
// for a program. It hands them over by a function of the system's C library only,
// which [Sockets] calls on macOS and nowhere else: the programs of other systems
// are not linked with what calls C.
package launchd

// Started reports whether launchd has started this very process, whose parent has
// the given number. It puts the job's label into the environment, where children
// inherit it and a terminal has "0", and is the parent of its own jobs.
func Started(getenv func(string) string, parent int) bool {
	label := getenv("XPC_SERVICE_NAME")
	return label != "" && label != "0" && parent == 1
}
