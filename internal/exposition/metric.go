package exposition

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Counter counts events.
type Counter struct{ family[uint64] }

// NewCounter returns a counter with these names of labels.
func NewCounter(name, help string, labels ...string) *Counter {
	return &Counter{family[uint64]{name: name, help: help, kind: "counter", labels: labels}}
}

// Add counts one event, with the values of the labels in their order.
func (c *Counter) Add(values ...string) {
	c.AddN(1, values...)
}

// AddN counts n events at once.
func (c *Counter) AddN(n uint64, values ...string) {
	c.change(values, func(have uint64) uint64 { return have + n })
}

// Write prints it.
func (c *Counter) Write(w io.Writer) {
	c.write(w, func(w io.Writer, labels string, n uint64) { fmt.Fprintf(w, "%s%s %d\n", c.name, braced(labels), n) })
}

// Gauge is a number that goes up and down.
type Gauge struct{ family[float64] }

// NewGauge returns a gauge with these names of labels.
func NewGauge(name, help string, labels ...string) *Gauge {
	return &Gauge{family[float64]{name: name, help: help, kind: "gauge", labels: labels}}
}

// Set says what it is now, with the values of the labels in their order.
func (g *Gauge) Set(value float64, values ...string) {
	g.change(values, func(float64) float64 { return value })
}

// Write prints it.
func (g *Gauge) Write(w io.Writer) {
	g.write(w, func(w io.Writer, labels string, value float64) {
		fmt.Fprintf(w, "%s%s %s\n", g.name, braced(labels), number(value))
	})
}

// Histogram counts observations by size.
type Histogram struct {
	family[*Spread]
	bounds []float64
}

// Spread is one series of a histogram: how many observations fell below each bound and
// none before it, and beyond the last.
type Spread struct {
	bounds []float64
	counts []uint64
	sum    float64
}

// NewSpread returns a series with the bounds of its histogram.
func NewSpread(bounds []float64) *Spread { return &Spread{bounds, make([]uint64, len(bounds)+1), 0} }

// Observe counts value. It is not for several at once.
func (s *Spread) Observe(value float64) {
	at, _ := slices.BinarySearch(s.bounds, value)
	s.counts[at]++
	s.sum += value
}

// NewHistogram returns a histogram with these upper bounds, in ascending order.
func NewHistogram(name, help string, bounds []float64, labels ...string) *Histogram {
	return &Histogram{family[*Spread]{name: name, help: help, kind: "histogram", labels: labels}, bounds}
}

// Observe counts value, with the values of the labels in their order.
func (h *Histogram) Observe(value float64, values ...string) {
	h.change(values, func(s *Spread) *Spread {
		if s == nil {
			s = NewSpread(h.bounds)
		}
		s.Observe(value)
		return s
	})
}

// Put makes s the series of these values of the labels.
func (h *Histogram) Put(s *Spread, values ...string) {
	h.change(values, func(*Spread) *Spread { return s })
}

// Write prints it.
func (h *Histogram) Write(w io.Writer) {
	h.write(w, func(w io.Writer, labels string, s *Spread) {
		separator := ","
		if labels == "" {
			separator = ""
		}
		total := uint64(0)
		for i, n := range s.counts {
			total += n
			bound := "+Inf"
			if i < len(h.bounds) {
				bound = number(h.bounds[i])
			}
			fmt.Fprintf(w, "%s_bucket{%s%sle=%q} %d\n", h.name, labels, separator, bound, total)
		}
		fmt.Fprintf(w, "%s_sum%s %s\n%s_count%s %d\n", h.name, braced(labels), number(s.sum), h.name, braced(labels), total)
	})
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
