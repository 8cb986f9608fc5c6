// Package record is what is known of every account at rest, without its tokens.
//
// # Files
//
// A [Folder] is the state folder of one person on one machine:
//
//	store.json        which store this is, and which keystore holds its secrets
//	acct/<id>.head    the truth about one account ([Head]); holds no token
//	acct/<id>.lock    the account's lock; never deleted
//	pool.json         labels, order, and a copy of the heads' public fields
//	history/<id>.*    what happened to an account ([Event]); bounded, may be lost
//	lock.json         when the key of the file keystore was locked or unlocked
//	usage.json        how often each account was used; may lag, may be lost
//	conversations.json  how many conversations are at each account; may lag, may be lost
//
// The tokens are in a [Blob], sealed in a keystore under a random name that is
// written once and never changed. The head points at the current one. So a
// change of tokens is: put a new blob, then replace the head; the rename of the
// head is the commit, and whatever is written late cannot replace anything.
//
// # Who may write what
//
// Heads are written only under the account's lock ([Folder.Lock]); the pool file
// only under its own lock, row by row ([Folder.UpdatePool]), so that no process
// overwrites the rows of another. Reading takes no lock: every file is replaced
// atomically.
//
// This package knows nothing of the network and nothing of keystores.
package record
