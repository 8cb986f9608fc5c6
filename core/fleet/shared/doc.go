// Package shared is what the hosts of a fleet tell each other beside their accounts.
// None of it is needed to serve a token: where the store is away, each host goes on with
// what it has seen.
//
//   - cool.go: that an account cools down after a provider refused it, which every host's
//     proxy respects. It goes by the lease of its key.
//   - use.go: what each host has counted, which all sum up; uses.go reads it, and gone.go
//     deletes what hosts have counted that are no members any more. It may be lost.
//   - ask.go: that a provider was asked of a plan, which one host does for all.
//   - clients.go: the keys of programs that every host's proxy takes.
//
// A [Board] writes what this host has to tell, and puts what others tell into the files of
// the state folder, where every process of this host finds it. So nothing that serves a
// request asks the store. Every value has the fleet's MAC: who can write into the store
// and is no owner can delete, and put old values back, which denies service and no more.
package shared
