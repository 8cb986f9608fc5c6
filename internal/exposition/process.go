package exposition

import (
	"fmt"
	"io"
	"runtime"
)

// Process prints what the process costs: the figures of the Go runtime that
// dashboards for Go programs read, under the names of Prometheus's own
// collectors, and where the operating system is asked, its own.
func Process(w io.Writer) {
	head(w, "go_info", "Information about the Go environment.", "gauge")
	fmt.Fprintf(w, "go_info{version=%q} 1\n", runtime.Version())
	Value(w, "go_goroutines", "Number of goroutines that currently exist.", "gauge", float64(runtime.NumGoroutine()))
	threads, _ := runtime.ThreadCreateProfile(nil)
	Value(w, "go_threads", "Number of OS threads created.", "gauge", float64(threads))

	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	for _, v := range []struct {
		name, help, kind string
		value            float64
	}{
		{"alloc_bytes", "Number of bytes allocated in heap and currently in use.", "gauge", float64(m.Alloc)},
		{"alloc_bytes_total", "Total number of bytes allocated in heap until now, even if released already.", "counter", float64(m.TotalAlloc)},
		{"frees_total", "Total number of heap objects frees.", "counter", float64(m.Frees)},
		{"heap_idle_bytes", "Number of heap bytes waiting to be used.", "gauge", float64(m.HeapIdle)},
		{"heap_inuse_bytes", "Number of heap bytes that are in use.", "gauge", float64(m.HeapInuse)},
		{"heap_objects", "Number of currently allocated objects.", "gauge", float64(m.HeapObjects)},
		{"heap_released_bytes", "Number of heap bytes released to OS.", "gauge", float64(m.HeapReleased)},
		{"heap_sys_bytes", "Number of heap bytes obtained from system.", "gauge", float64(m.HeapSys)},
		{"last_gc_time_seconds", "Number of seconds since 1970 of last garbage collection.", "gauge", float64(m.LastGC) / 1e9},
		{"mallocs_total", "Total number of heap objects allocated, both live and gc-ed.", "counter", float64(m.Mallocs)},
		{"next_gc_bytes", "Number of heap bytes when next garbage collection will take place.", "gauge", float64(m.NextGC)},
		{"stack_inuse_bytes", "Number of bytes in use by the stack allocator.", "gauge", float64(m.StackInuse)},
		{"sys_bytes", "Number of bytes obtained from system.", "gauge", float64(m.Sys)},
	} {
		Value(w, "go_memstats_"+v.name, v.help, v.kind, v.value)
	}
	system(w)
}
