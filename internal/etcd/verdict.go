package etcd

import "strings"

// The numbers of gRPC that are told apart.
const (
	codeInvalid         = 3
	codeNotFound        = 5
	codeExists          = 6
	codeDenied          = 7
	codeExhausted       = 8
	codePrecondition    = 9
	codeOutOfRange      = 11
	codeUnimplemented   = 12
	codeUnavailable     = 14
	codeUnauthenticated = 16
)

// verdict says what a status means, and whether it is clear: whether etcd said it
// instead of doing what was asked. gRPC has too few numbers, so that some are told
// apart by etcd's sentences, which have been the same since 3.0. What is not known
// to be clear is not.
func verdict(s *status) (kind Kind, clear bool) {
	text, ours := strings.CutPrefix(s.text, "etcdserver: ")
	switch s.code {
	case codeDenied, codeUnauthenticated:
		return Denied, true
	case codeUnimplemented:
		return Refused, true
	case codeExhausted:
		if strings.HasPrefix(text, "grpc: received message larger than max") {
			return Refused, true
		}
	}
	if !ours {
		return Unreachable, false
	}
	switch text {
	case "no leader": // a member says it before it looks at the request
		return NoLeader, s.code == codeUnavailable
	case "mvcc: database space exceeded":
		// Not clear of a write: etcd's quotaApplierV3 first does what was asked, then
		// says this, of the transaction that crosses the line.
		return NoSpace, s.code == codeExhausted
	case "mvcc: required revision has been compacted":
		return Compacted, true
	case "requested lease not found":
		return LeaseGone, true
	case "authentication failed, invalid user ID or password", "user name is empty", "revision of auth store is old":
		return Denied, true
	case "too many requests":
		return Refused, true
	}
	switch s.code {
	case codeInvalid, codeNotFound, codeExists, codePrecondition, codeOutOfRange:
		return Refused, true
	}
	return Unreachable, false
}

// stale says that a token was refused that a new one may replace: etcd forgets
// the simple ones when it is started anew, and all when its users change.
func stale(s *status) bool {
	switch strings.TrimPrefix(s.text, "etcdserver: ") {
	case "invalid auth token", "user name is empty", "revision of auth store is old":
		return true
	}
	return false
}
