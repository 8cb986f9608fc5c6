package etcd

// What is sent. The numbers of the fields are those of etcd's rpc.proto.

// after is the key behind every key that begins with prefix.
func after(prefix string) []byte {
	end := []byte(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return []byte{0} // to the very end
}

// rangeOf reads a key, or from a key up to end.
func rangeOf(key string, end []byte, limit, revision int64) message {
	m := message{}.text(1, key)
	if end != nil {
		m = m.sub(2, end)
	}
	return m.num(3, limit).num(4, revision)
}

func txnOf(t Txn) (m message) {
	for _, c := range t.If {
		m = m.sub(1, compareOf(c))
	}
	for _, op := range t.Then {
		m = m.sub(2, opOf(op))
	}
	for _, key := range t.Else {
		m = m.sub(3, message{}.sub(1, rangeOf(key, nil, 0, 0)))
	}
	return m
}

// readOf reads keys at one revision: a transaction without a condition.
func readOf(keys []string) (m message) {
	for _, key := range keys {
		m = m.sub(2, message{}.sub(1, rangeOf(key, nil, 0, 0)))
	}
	return m
}

func compareOf(c Compare) message {
	const (
		greater                 = 1
		created, value          = 1, 3
		toRevision, toValue int = 5, 7
	)
	switch c.Want {
	case WantAbsent:
		return message{}.num(2, created).text(3, c.Key).always(toRevision, 0)
	case WantPresent:
		return message{}.num(1, greater).num(2, created).text(3, c.Key).always(toRevision, 0)
	}
	return message{}.num(2, value).text(3, c.Key).sub(toValue, c.Value)
}

func opOf(op Op) message {
	const put, del = 2, 3
	m := message{}.text(1, op.Key)
	switch op.Do {
	case DoPut:
		return message{}.sub(put, m.sub(2, op.Value).num(3, int64(op.Lease)))
	case DoDeletePrefix:
		m = m.sub(2, after(op.Key))
	}
	return message{}.sub(del, m)
}

// watchOf asks for what happens below a prefix, for notices, and for large
// answers in pieces.
func watchOf(prefix string, from int64) message {
	const create = 1
	return message{}.sub(create, message{}.text(1, prefix).sub(2, after(prefix)).num(3, from).flag(4, true).flag(8, true))
}

// progressOf asks a watch how far it is.
func progressOf() message { return message{}.sub(3, nil) }
