package exposition

import (
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// system prints what Linux says of this process (proc(5)). What cannot be read
// is left out.
func system(w io.Writer) {
	if stat, err := os.ReadFile("/proc/self/stat"); err == nil {
		stated(w, string(stat))
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		Value(w, "process_open_fds", "Number of open file descriptors.", "gauge", float64(len(open)-1)) // one is this reading
	}
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		Value(w, "process_max_fds", "Maximum number of open file descriptors.", "gauge", float64(limit.Cur))
	}
}

// clockTick is Linux's USER_HZ, which no system that Go runs on has changed.
const clockTick = 100

// stated prints what stands in /proc/self/stat. Its second field, the program's
// name in brackets, may itself have spaces and brackets.
func stated(w io.Writer, stat string) {
	_, after, ok := cutLast(stat, ")")
	fields := strings.Fields(after) // the first is field 3 of proc(5)
	if !ok || len(fields) < 22 {
		return
	}
	field := func(n int) float64 {
		value, _ := strconv.ParseFloat(fields[n-3], 64)
		return value
	}
	Value(w, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", "counter", (field(14)+field(15))/clockTick)
	Value(w, "process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", field(24)*float64(os.Getpagesize()))
	Value(w, "process_virtual_memory_bytes", "Virtual memory size in bytes.", "gauge", field(23))
	if booted, ok := bootTime(); ok {
		Value(w, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", "gauge", booted+field(22)/clockTick)
	}
}

// bootTime is when the machine started, in seconds since 1970.
func bootTime() (float64, bool) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	_, after, ok := strings.Cut(string(stat), "\nbtime ")
	line, _, _ := strings.Cut(after, "\n")
	seconds, err := strconv.ParseFloat(line, 64)
	return seconds, ok && err == nil
}

func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}
