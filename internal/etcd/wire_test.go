package etcd

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
)

// What is written, byte for byte, as etcd's own client writes it.
func TestRequests(t *testing.T) {
	for name, c := range map[string]struct {
		m    message
		want string
	}{
		"a key":               {rangeOf("k", nil, 0, 0), "0a016b"},
		"a page below a/":     {rangeOf("a/", after("a/"), 512, 7), "0a02612f120261301880042007"},
		"a transaction":       {txnOf(Txn{If: []Compare{Is("k", []byte("v"))}, Then: []Op{Put("k", nil, 0)}, Else: []string{"k"}}), "0a0810031a016b3a0176120712050a016b12001a050a030a016b"},
		"absent":              {compareOf(Absent("k")), "10011a016b2800"},
		"present":             {compareOf(Present("k")), "080110011a016b2800"},
		"an empty value":      {compareOf(Is("k", nil)), "10031a016b3a00"},
		"put with a lease":    {opOf(Put("k", []byte("v"), -1)), "12110a016b12017618ffffffffffffffffff01"},
		"delete":              {opOf(Delete("k")), "1a030a016b"},
		"delete below":        {opOf(DeletePrefix("k")), "1a060a016b12016c"},
		"read two":            {readOf([]string{"k", "l"}), "12050a030a016b12050a030a016c"},
		"a watch":             {watchOf("k", 300), "0a0d0a016b12016c18ac0220014001"},
		"how far is it":       {progressOf(), "1a00"},
		"a lease of 90 s":     {message{}.num(1, 90), "085a"},
		"a name, a secret":    {message{}.text(1, "u").text(2, "p"), "0a0175120170"},
		"nothing is left out": {message{}.num(1, 0).text(2, "").flag(3, false), ""},
	} {
		if got := hex.EncodeToString(c.m); got != c.want {
			t.Errorf("%s: %s instead of %s", name, got, c.want)
		}
	}
}

func TestAfter(t *testing.T) {
	for prefix, want := range map[string]string{"a": "b", "/x/": "/x0", "a\xff": "b", "a\xff\xff": "b", "\xff": "\x00", "a\x00": "a\x01"} {
		if got := string(after(prefix)); got != want {
			t.Errorf("after %q is %q instead of %q", prefix, got, want)
		}
	}
}

func TestEach_PassesOverWhatItDoesNotKnow(t *testing.T) {
	m := message{}.always(900, -5).sub(901, []byte("more")).num(1, 7)
	m = append(binary.AppendUvarint(m, 902<<3|wireFixed64), "12345678"...)
	m = append(binary.AppendUvarint(m, 903<<3|wireFixed32), "1234"...)
	m = m.num(3, 9)
	h, err := headerIn(m)
	if err != nil || h.Cluster != 7 || h.Revision != 9 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestEach_RefusesWhatIsBroken(t *testing.T) {
	for name, data := range map[string]string{
		"no value":             "08",
		"a varint without end": "08ffffffffffffffffffff01",
		"a tag without end":    "ffffffffffffffffffffff01",
		"field 0":              "0001",
		"more than is there":   "0a02ff",
		"2^64 - 1 bytes":       "0affffffffffffffffff01ff",
		"half of eight bytes":  "0901020304",
		"half of four bytes":   "0d0102",
		"a group":              "0b0c",
		"wire type 7":          "0f",
	} {
		raw, _ := hex.DecodeString(data)
		if err := each(raw, func(field) error { return nil }); err != errBroken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// kvOf and the like are what a server writes.
func kvOf(kv KV) message {
	return message{}.text(1, kv.Key).num(2, kv.Create).num(3, kv.Mod).num(4, kv.Version).sub(5, kv.Value).num(6, int64(kv.Lease))
}

func headerOf(revision int64) message {
	return message{}.always(1, math.MinInt64).num(2, 2).num(3, revision).num(4, 4)
}

func pageOf(revision int64, more bool, keys ...string) message {
	m := message{}.sub(1, headerOf(revision))
	for _, key := range keys {
		m = m.sub(2, kvOf(KV{Key: key, Create: 1, Mod: 1, Version: 1}))
	}
	return m.flag(3, more)
}

func readingOf(revision int64, succeeded bool, pages ...message) message {
	m := message{}.sub(1, headerOf(revision)).flag(2, succeeded)
	for _, page := range pages {
		m = m.sub(3, message{}.sub(1, page))
	}
	return m
}

func TestTxnIn(t *testing.T) {
	one, none := pageOf(1, false, "k"), pageOf(1, false)
	for name, c := range map[string]struct {
		data message
		keys string
		read bool
		want string // found keys, or an error
	}{
		"one of two":             {readingOf(9, true, one, none), "k l", true, "k-"},
		"the same, of a refusal": {readingOf(9, false, none, one), "l k", false, "-k"},
		"written":                {readingOf(9, true, message("any"), message("thing")), "k", false, ""},
		"fewer than asked":       {readingOf(9, true, one), "k l", true, "broken"},
		"more than asked":        {readingOf(9, true, one, none), "k", true, "broken"},
		"another key":            {readingOf(9, true, one), "l", true, "broken"},
		"two for one":            {readingOf(9, true, pageOf(1, false, "k", "k")), "k", true, "broken"},
		"a key of version 0":     {readingOf(9, true, message{}.sub(2, message{}.text(1, "k"))), "k", true, "broken"},
		"no range":               {message{}.sub(1, headerOf(9)).flag(2, true).sub(3, message{}.sub(2, nil)), "k", true, "broken"},
		"no header":              {message{}.flag(2, true), "", false, "broken"},
		"nothing":                {nil, "", false, "broken"},
		"revision -1":            {readingOf(-1, true), "", false, "broken"},
		"too many":               {readingOf(9, true, make([]message, MaxOps+1)...), "", false, "broken"},
	} {
		r, err := txnIn(c.data, strings.Fields(c.keys), c.read)
		got := ""
		for _, kv := range r.KVs {
			if !kv.Found() {
				kv.Key = "-"
			}
			got += kv.Key
		}
		if err != nil {
			got = "broken"
		} else if r.Cluster != 1<<63 || r.Member != 2 || r.Term != 4 || r.Revision != 9 {
			t.Errorf("%s: %+v", name, r.Header)
		}
		if got != c.want {
			t.Errorf("%s: %q instead of %q", name, got, c.want)
		}
	}
}

func TestUnframe(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		err  error
	}{
		"well":               {"\x00\x00\x00\x00\x02hi", nil},
		"an empty one":       {"\x00\x00\x00\x00\x00", nil},
		"nothing":            {"", io.EOF},
		"half a head":        {"\x00\x00", io.ErrUnexpectedEOF},
		"half a message":     {"\x00\x00\x00\x00\x09hi", io.ErrUnexpectedEOF},
		"compressed":         {"\x01\x00\x00\x00\x02hi", errBroken},
		"more than is taken": {"\x00\x00\x80\x00\x01hi", errTooLarge},
		"4 GiB":              {"\x00\xff\xff\xff\xffhi", errTooLarge},
	} {
		if _, err := unframe(strings.NewReader(c.data)); !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v instead of %v", name, err, c.err)
		}
	}
}

// The length that a server names is no reason to take memory.
func TestUnframe_TakesMemoryAsBytesCome(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		_, _ = unframe(strings.NewReader("\x00\x00\x80\x00\x00hi"))
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > mostMessage {
		t.Errorf("100 promises of 8 MiB took %d bytes", grown)
	}
}

// What is bounded by its number, since little of it on the wire is much here.
func TestAnswers_BoundWhatTheyMake(t *testing.T) {
	var keys, events message
	event := message{}.sub(2, kvOf(KV{Key: "k", Mod: 1, Version: 1}))
	for range mostEvents + 1 {
		events = events.sub(11, event)
	}
	for range mostOfPage + 1 {
		keys = keys.sub(2, kvOf(KV{Key: "k", Version: 1}))
	}
	if _, _, err := rangeIn(keys, mostOfPage); err != errBroken {
		t.Errorf("a page of more than was asked for: %v", err)
	}
	if _, err := watchIn(events); err != errBroken {
		t.Errorf("a batch of too many events: %v", err)
	}
	for range 3 * mostMembers {
		events = events.sub(2, message{}.num(1, int64(len(events))))
	}
	if _, names, err := membersIn(events); err != nil || len(names) != mostMembers {
		t.Errorf("%d members: %v", len(names), err)
	}
}

func TestTokenIn(t *testing.T) {
	for token, ok := range map[string]bool{"abc.7": true, "": true, "a b": false, "a\r\nx: y": false, "a\x00": false, "ü": false} {
		got, err := tokenIn(message{}.text(2, token))
		if (err == nil) != ok || ok && got != token {
			t.Errorf("%q: %q, %v", token, got, err)
		}
	}
}

// FuzzAnswers reads what a broken or hostile server may send.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(readingOf(9, true, pageOf(1, true, "k"), pageOf(1, false))))
	f.Add([]byte(pageOf(3, true, "k/1", "k/2")))
	f.Add([]byte(message{}.sub(1, headerOf(7)).flag(3, true).sub(11, message{}.num(1, 1).sub(2, kvOf(KV{Key: "k", Mod: 3})))))
	f.Add([]byte(message{}.num(2, 7).num(3, 90).text(4, "no")))
	f.Add([]byte(message{}.sub(1, nil).text(2, "3.4.23").num(3, 1).num(9, 2)))
	f.Add([]byte("\x0b\x0c\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		if a, _, err := rangeIn(data, 4); err == nil && len(a.KVs) > 4 {
			t.Error("more keys than asked for")
		} else if err == nil {
			for _, kv := range a.KVs {
				if kv.Key == "" || !kv.Found() {
					t.Errorf("%+v", kv)
				}
			}
		}
		for _, read := range []bool{false, true} {
			if r, err := txnIn(data, []string{"k", "l"}, read); err == nil && r.Succeeded == read && (len(r.KVs) != 2 || r.KVs[0].Key != "k" || r.KVs[1].Key != "l") {
				t.Errorf("%+v", r)
			}
		}
		if w, err := watchIn(data); err == nil {
			for _, e := range w.events {
				if e.Key == "" || e.Mod <= 0 || e.Deleted() && e.Value != nil {
					t.Errorf("%+v", e)
				}
			}
			b := Batch{Header: w.Header, Events: w.events}
			if watched := (&watcher{prefix: "k", next: 2}); watched.follows(&b, w) && b.Next < 2 {
				t.Errorf("next is %d", b.Next)
			}
		}
		_, _ = statusIn(data)
		_, _, _ = membersIn(data)
		_, _, _, _ = leaseIn(data)
		_, _ = tokenIn(data)
		_, _ = unframe(bytes.NewReader(data))
		if !bytes.Equal(data, before) {
			t.Error("a reader changed what it read")
		}
		// what was read, written again, is read the same
		var fields, again []string
		var m message
		err := each(data, func(f field) error {
			fields = append(fields, fmt.Sprint(f))
			if f.data != nil {
				m = m.sub(f.number, f.data)
			} else {
				m = m.always(f.number, f.num)
			}
			return nil
		})
		if err != nil {
			return
		}
		if err := each(m, func(f field) error { again = append(again, fmt.Sprint(f)); return nil }); err != nil || fmt.Sprint(fields) != fmt.Sprint(again) {
			t.Errorf("%v is read as %v: %v", fields, again, err)
		}
	})
}
