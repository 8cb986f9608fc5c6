// Package etcdtest has two etcds for tests: one in memory that misbehaves as a
// test wants it ([Fake]), and real members on loopback ([Start]), where the
// program `etcd` is installed. The same tests run on both, so that what holds on
// the fake holds on the real one.
//
// The fake needs no goroutine, no time but that of the clock it is given, and is
// shared by any number of clients ([Fake.Client]), each a host with its own link.
// A transaction can be held, lost before or after it is applied, doubled, or left
// in the network to land later ([Fate], [Call]); a link can be cut; the store can
// be full, without a leader, compacted, or restored from a snapshot.
package etcdtest
