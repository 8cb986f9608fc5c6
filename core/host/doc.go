// Package host is this machine as a host of a fleet: how it reaches the fleet's etcd,
// what it keeps of it, and what a person does with it: make one, let a host in, join,
// look, leave, remove a host.
//
// The rules of the accounts are in core/fleet, those of the members in
// core/fleet/roster. Everything here goes through them.
package host
