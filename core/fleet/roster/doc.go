// Package roster says who belongs to a fleet: the hosts that share one pool of
// accounts through an etcd. It knows keys, seals and members, and no rule of
// accounts; core/fleet keeps those, with what is offered here.
//
// # What is where
//
// [Keys] builds every name in etcd. The key fleet holds the [Roster], stamp
// sixteen bytes that are new at each change of it, epoch/<n> the key of the
// newest epoch, sealed to each owner and to the recovery key. The first two are
// always written in one transaction, which compares the stamp, so that there is
// never a second roster; and so is every other write of a host, so that one that
// was removed writes nothing.
//
// # Epochs
//
// An [Epoch] is an age identity that all owners have, and that changes when one
// of them goes. From it follow the key of the MACs, over the name of a key and
// what stands there, and a key that signs. Readers have not the epoch's identity
// but one of their own for each epoch ([Reading]): what they are given, access
// tokens, is sealed to it and signed by the epoch. So a reader can tell what an
// owner wrote, and cannot make it; it cannot tell an old value that was put back
// from a new one, except by what it has seen itself.
//
// # Whom a host trusts
//
// Everybody can seal something to a recipient, so that an epoch which opens proves
// nothing: the administrator of the etcd could make one, and add a host to it. A
// host therefore keeps what it has seen of the fleet ([Seen]), from its own
// beginning or from an answer that only who made its invitation could write. A
// later epoch is one that the epoch before has signed ([Link]). So the roster is
// authentic to its members, to readers and to those who were removed, who learn it
// from nobody else; and one that is older than what a host has seen is told as
// [Older], which is how a store that was restored from a backup shows.
//
// What this cannot do: somebody who was an owner can sign, with the administrator
// of the etcd, another next epoch for a host that has not yet seen the real one.
package roster
