// Package process closes this process to others: what it holds in memory comes
// into no core file, and no other program of the same person reads it.
package process
