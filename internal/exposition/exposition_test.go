package exposition

import (
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestWrite(t *testing.T) {
	var text strings.Builder
	none := NewCounter("none_total", "Nothing yet.", "x")
	plain := NewCounter("plain_total", "No labels.")
	plain.Add()
	plain.Add()
	odd := NewCounter("odd_total", "Odd values.", "a", "b")
	odd.Add("back\\slash", "two\nlines")
	odd.Add(`"quoted"`)
	odd.Add("", "\xff")
	sizes := NewHistogram("size", "Sizes.", []float64{.5, 1, 10})
	for _, size := range []float64{.5, .6, 1, 10.5, 0} {
		sizes.Observe(size)
	}
	level := NewGauge("level", "A level.", "of")
	level.Set(2, "x")
	level.Set(.25, "x")
	none.Write(&text)
	plain.Write(&text)
	odd.Write(&text)
	sizes.Write(&text)
	level.Write(&text)
	want := `# HELP plain_total No labels.
# TYPE plain_total counter
plain_total 2
# HELP odd_total Odd values.
# TYPE odd_total counter
odd_total{a="",b="` + "\uFFFD" + `"} 1
odd_total{a="\"quoted\"",b=""} 1
odd_total{a="back\\slash",b="two\nlines"} 1
# HELP size Sizes.
# TYPE size histogram
size_bucket{le="0.5"} 2
size_bucket{le="1"} 4
size_bucket{le="10"} 4
size_bucket{le="+Inf"} 5
size_sum 12.6
size_count 5
# HELP level A level.
# TYPE level gauge
level{of="x"} 0.25
`
	if text.String() != want {
		t.Errorf("written:\n%s\nwant:\n%s", text.String(), want)
	}
}

func TestCounter_ConcurrentUse(t *testing.T) {
	c := NewCounter("c_total", "Counted by many.", "who")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				c.Add("x")
				c.Write(&strings.Builder{})
			}
		})
	}
	all.Wait()
	var text strings.Builder
	if c.Write(&text); !strings.Contains(text.String(), `c_total{who="x"} 8000`) {
		t.Error(text.String())
	}
}

// TestProcess: every line is one of the format, and what dashboards read is there.
func TestProcess(t *testing.T) {
	var text strings.Builder
	Process(&text)
	line := regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{version="[^"]+"\})? [0-9.e+]+)$`)
	for l := range strings.Lines(text.String()) {
		if !line.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("not a line of the format: %q", l)
		}
	}
	wanted := []string{"go_goroutines", "go_memstats_alloc_bytes"}
	if runtime.GOOS == "linux" {
		wanted = append(wanted, "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds", "process_open_fds", "process_max_fds")
	}
	for _, name := range wanted {
		if !strings.Contains(text.String(), "\n"+name+" ") {
			t.Errorf("%s is missing in\n%s", name, text.String())
		}
	}
}
