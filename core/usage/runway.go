package usage

import "time"

// Point is how much of a window was used at a moment.
type Point struct {
	At   time.Time `json:"at"`
	Used float64   `json:"used"` // percent
}

const (
	apart = 5 * time.Minute // between the points that count
	pace  = time.Hour       // over which the pace is taken
	kept  = 16              // points of a window
)

// add returns the points with a newer one. A point that is no more than five
// minutes after the one before takes its place, unless that would leave one only;
// less use than before is a window that has begun anew.
func add(points []Point, p Point) []Point {
	if n := len(points); n > 0 {
		last := points[n-1]
		switch {
		case p.At.Before(last.At) && last.At.Sub(p.At) < late:
			return points // written down after a newer one
		case p.Used < last.Used || p.At.Before(last.At):
			points = nil
		case n > 1 && p.At.Sub(points[n-2].At) < 2*apart && p.At.Sub(last.At) < apart:
			points = points[:n-1]
		case p.At.Sub(last.At) < apart:
			return points
		}
	}
	points = append(points[:len(points):len(points)], p)
	if len(points) > kept {
		points = points[len(points)-kept:]
	}
	return points
}

// Runway returns when a window will be used up at the pace of the last hour. It is
// false where that cannot be said, from fewer than three points or without any
// use, and where the window begins anew before.
func Runway(points []Point, resets, now time.Time) (time.Time, bool) {
	recent := points
	for len(recent) > 0 && now.Sub(recent[0].At) > pace {
		recent = recent[1:]
	}
	if len(recent) < 3 {
		return time.Time{}, false
	}
	first, last := recent[0], recent[len(recent)-1]
	used, took := last.Used-first.Used, last.At.Sub(first.At)
	if used <= 0 || took <= 0 || last.At.After(now) || last.Used > 100 {
		return time.Time{}, false
	}
	left := (100 - last.Used) / used * took.Seconds()
	empty := last.At.Add(time.Duration(min(left, 400*24*3600) * float64(time.Second)))
	if empty.Before(now) {
		empty = now
	}
	if resets.IsZero() || !empty.Before(resets) {
		return time.Time{}, false
	}
	return empty, true
}
