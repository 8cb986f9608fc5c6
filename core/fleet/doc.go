// Package fleet is one pool of accounts on many machines: the heads of the accounts,
// and their sealed tokens, in an etcd that the hosts of a fleet share. It is one kind
// of [vault.Heads]; the rules of refreshing, signing in and removing stand above it
// and are the same as for the files of one machine.
//
// # Four ideas
//
//   - The intent in a head is the fence. A head is replaced only in a transaction
//     that compares its whole value, of which no two are alike.
//   - The lease of busy is a clock and nothing else. It is never kept alive: the
//     request that it stands for has left within [sendTime], or never.
//   - A pair of tokens is in the host's own keystore before anything else happens to
//     it. There it is called the spool until the commit is known.
//   - A quarantine that a late truth contradicts is undone.
//
// # What lies where
//
// The state folder of a host is its mirror: the newest head that it has seen of each
// account, with its blob in the host's keystore. Everything that only looks reads the
// folder and knows nothing of fleets. A [Claim] is the lock of the folder's files, and
// then what etcd says.
//
// Package roster says who belongs to a fleet, and has the keys.
package fleet
