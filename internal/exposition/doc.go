// Package exposition counts, and writes what was counted in Prometheus's text
// format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// A [Counter], a [Gauge] and a [Histogram] are one metric each, with a series for every set
// of label values that was seen. They are safe for concurrent use; their zero
// value without a name is of no use.
//
// Prometheus's own library is not used, because it initialises protobuf and the
// reading of /proc in every program that links it, and most runs of ours end
// before anybody could ask for a metric.
package exposition
