// Package tally counts who uses what: requests, refusals and tokens of each
// account, program and model, by time. There is no prompt in it, no answer, no
// path and no address.
//
//   - counts.go is the model: what is counted ([Counts]), of whom ([Use]), in which
//     twenty minutes ([Row]).
//   - hour.go is what one file holds, and bounds what names from outside can make
//     of it. folder.go keeps a file for each hour, for 31 days.
//   - handed.go is the line that a process adds which lives for a moment only.
//   - meter.go takes in what this process serves, and adds it to the files, where
//     every process adds its own, at most once a second.
//   - hosts.go reads what the other hosts of a fleet have counted.
//   - watch.go sends what all have counted, whenever that has changed.
//   - group.go sums rows up, by whatever is asked: pure functions.
package tally
