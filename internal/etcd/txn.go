package etcd

import "strings"

// What etcd takes by default; a transaction that has more is refused.
const (
	MaxOps   = 128     // comparisons, and operations of each branch
	MaxBytes = 3 << 19 // of a request
	overhead = 32      // of an operation, generously
)

// Txn compares, and then writes all of Then if every comparison holds, else
// reads the keys of Else.
type Txn struct {
	If   []Compare
	Then []Op
	Else []string
}

// Compare is a condition on one key.
type Compare struct {
	Key   string
	Want  Want
	Value []byte // of WantValue
}

// Want is what a comparison asks for.
type Want int

// What a comparison can ask for.
const (
	WantValue   Want = iota // that the key has exactly this value
	WantAbsent              // that it does not exist
	WantPresent             // that it exists
)

// Is holds if key exists and its whole value is value.
func Is(key string, value []byte) Compare { return Compare{key, WantValue, value} }

// Absent holds if key does not exist.
func Absent(key string) Compare { return Compare{Key: key, Want: WantAbsent} }

// Present holds if key exists.
func Present(key string) Compare { return Compare{Key: key, Want: WantPresent} }

// Op is one write.
type Op struct {
	Do    Do
	Key   string // or the prefix
	Value []byte
	Lease Lease
}

// Do is what a write does.
type Do int

// What a write can do.
const (
	DoPut Do = iota
	DoDelete
	DoDeletePrefix
)

// Put writes a key. With a lease the key goes when the lease ends; if it has
// ended before, the transaction is refused as [LeaseGone] and changes nothing.
func Put(key string, value []byte, lease Lease) Op { return Op{DoPut, key, value, lease} }

// Delete removes a key, if it exists.
func Delete(key string) Op { return Op{Do: DoDelete, Key: key} }

// DeletePrefix removes every key that begins with prefix.
func DeletePrefix(prefix string) Op { return Op{Do: DoDeletePrefix, Key: prefix} }

// Check says what etcd would refuse of a transaction, whatever the keys hold. A
// [Client] sends no such transaction, so that nothing of it is unclear.
func (t Txn) Check() error {
	if len(t.If) > MaxOps || len(t.Then) > MaxOps || len(t.Else) > MaxOps {
		return refusal("commit", "too many operations in txn request")
	}
	size, puts := 0, map[string]bool{}
	count := func(key string, value []byte) bool {
		size += len(key) + len(value) + overhead
		return key != ""
	}
	for _, c := range t.If {
		if !count(c.Key, c.Value) {
			return errNoKey("commit")
		}
	}
	for _, key := range t.Else {
		if !count(key, nil) {
			return errNoKey("commit")
		}
	}
	for _, op := range t.Then {
		if !count(op.Key, op.Value) {
			return errNoKey("commit")
		}
		if op.Do == DoPut {
			if puts[op.Key] {
				return refusal("commit", "duplicate key given in txn request")
			}
			puts[op.Key] = true
		}
	}
	for _, op := range t.Then {
		for key := range puts {
			if op.Do == DoDelete && key == op.Key || op.Do == DoDeletePrefix && strings.HasPrefix(key, op.Key) {
				return refusal("commit", "duplicate key given in txn request")
			}
		}
	}
	if size > MaxBytes {
		return refusal("commit", "request is too large")
	}
	return nil
}
