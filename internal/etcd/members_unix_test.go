//go:build unix

package etcd_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// What Check refuses, etcd refuses, in the same words; and what it lets pass,
// etcd takes.
func TestCheck_IsEtcds(t *testing.T) {
	c := etcdtest.Start(t, 1, etcdtest.Options{})
	client := c.Open(t, nil)
	put := func(key string, size int) etcd.Op { return etcd.Put(key, make([]byte, size), 0) }
	many := func(n int) (keys []string) {
		for i := range n {
			keys = append(keys, fmt.Sprint("/many/", i))
		}
		return keys
	}
	for name, txn := range map[string]etcd.Txn{
		"a key twice":          {Then: []etcd.Op{put("/a", 0), put("/a", 0)}},
		"put and deleted":      {Then: []etcd.Op{put("/a", 0), etcd.Delete("/a")}},
		"put below deleted":    {Then: []etcd.Op{etcd.DeletePrefix("/a"), put("/ab", 0)}},
		"put beside deleted":   {Then: []etcd.Op{etcd.DeletePrefix("/a"), put("/b", 0), etcd.Delete("/c")}},
		"deleted twice":        {Then: []etcd.Op{etcd.DeletePrefix("/a"), etcd.Delete("/ab"), etcd.Delete("/ab")}},
		"no key":               {Then: []etcd.Op{put("", 0)}},
		"no key to delete":     {Then: []etcd.Op{etcd.Delete("")}},
		"no key to read":       {Else: []string{""}},
		"no key to compare":    {If: []etcd.Compare{etcd.Present("")}},
		"as many as may be":    {Else: many(etcd.MaxOps)},
		"one more":             {Else: many(etcd.MaxOps + 1)},
		"the same key twice":   {Else: []string{"/a", "/a"}},
		"nearly as large":      {Then: []etcd.Op{put("/large", etcd.MaxBytes-1000)}},
		"too large":            {Then: []etcd.Op{put("/large", etcd.MaxBytes+1)}},
		"much too large":       {Then: []etcd.Op{put("/large", 5<<20)}},
		"many that are large":  {Then: []etcd.Op{put("/1", etcd.MaxBytes/2), put("/2", etcd.MaxBytes/2+1)}},
		"nothing":              {},
		"compared with itself": {If: []etcd.Compare{etcd.Absent("/z"), etcd.Present("/z")}},
	} {
		ours, theirs := txn.Check(), client.CommitUnchecked(t.Context(), txn)
		if (ours == nil) != (theirs == nil) || theirs != nil && (!errors.Is(theirs, etcd.Refused) || errors.Is(theirs, etcd.Unclear)) {
			t.Errorf("%s: we say %v, etcd says %v", name, ours, theirs)
		}
	}
}
