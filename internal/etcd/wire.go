package etcd

import (
	"encoding/binary"
	"errors"
)

// Protocol buffers on the wire: a message is a row of fields, each a number and
// a value that is a varint, eight bytes, four bytes, or bytes with their length
// before them. It is written out here because the library for it reads the
// program's own file at every start.

const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

var errBroken = errors.New("the answer is not what etcd writes")

// message is one that is being written. Values that are the default are left
// out, as the format wants, but by always and by sub.
type message []byte

func (m message) num(field int, v int64) message {
	if v == 0 {
		return m
	}
	return m.always(field, v)
}

func (m message) always(field int, v int64) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|wireVarint)
	return binary.AppendUvarint(m, uint64(v))
}

func (m message) flag(field int, v bool) message {
	if v {
		return m.always(field, 1)
	}
	return m
}

func (m message) text(field int, v string) message {
	if v == "" {
		return m
	}
	return m.sub(field, []byte(v))
}

func (m message) sub(field int, v []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|wireBytes)
	m = binary.AppendUvarint(m, uint64(len(v)))
	return append(m, v...)
}

// field is one of a message that is read: num of a number, data of bytes, which
// are a part of the message.
type field struct {
	number int
	num    int64
	data   []byte
}

func (f field) flag() bool { return f.num != 0 }

// each calls visit for every field of a message. What we do not know is passed
// on all the same, and visit passes it over. A length never goes beyond what
// there is.
func each(data []byte, visit func(f field) error) error {
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		number := tag >> 3
		if n <= 0 || number == 0 || number >= 1<<29 {
			return errBroken
		}
		f := field{number: int(number)}
		data = data[n:]
		size := uint64(0)
		switch tag & 7 {
		case wireVarint:
			v, n := binary.Uvarint(data)
			if n <= 0 {
				return errBroken
			}
			f.num, size = int64(v), uint64(n)
		case wireFixed64:
			size = 8
		case wireFixed32:
			size = 4
		case wireBytes:
			v, n := binary.Uvarint(data)
			if n <= 0 {
				return errBroken
			}
			if data, size = data[n:], v; size <= uint64(len(data)) {
				f.data = data[:size:size]
			}
		default: // groups, which nobody writes any more
			return errBroken
		}
		if size > uint64(len(data)) {
			return errBroken
		}
		data = data[size:]
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}
