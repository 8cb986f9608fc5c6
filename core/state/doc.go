// Package state is what every wing of core stands on: the folder of one person's
// accounts and the vault in it, the clock, the log, what the program was set up
// with, and the bell that rings when something has changed. It decides nothing.
package state
