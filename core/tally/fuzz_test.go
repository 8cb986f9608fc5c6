package tally

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzDecode: whatever stands in a file, what is read of it is bounded, and is the
// same when it is written and read again.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `null`, `{"version":2}`, `{"version":1,"rows":null}`, `{"version":1e99}`,
		`{"version":1,"rows":[{"slot":"2026-05-20T12:20:00Z","account":"a1","program":"claude-cli","model":"MiniMax-M2.7","requests":7,"input":3}]}`,
		`{"version":1,"rows":[{"slot":"2026-05-20T12:20:00Z","account":"\u001b[2J","program":"sk-ant-oat01-abcdefghij0123456789","model":"` + "\xff" + `","requests":18446744073709551615}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, newer := decode(hourOf(noon), data)
		if newer && len(h.counts) > 0 {
			t.Error("something was read of a newer version")
		}
		rows := h.rows()
		for _, row := range rows {
			if !hourOf(row.Slot).Equal(h.begin) || row.Account == "" || row.Counts.IsZero() {
				t.Errorf("%+v", row)
			}
			for _, n := range row.each() {
				if *n > maxCount {
					t.Errorf("%+v", row)
				}
			}
			for _, name := range []string{row.Account, row.Program, row.Model} {
				if !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName {
					t.Errorf("%q", name)
				}
			}
		}
		again, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		if next, _ := decode(h.begin, again); !reflect.DeepEqual(next.rows(), rows) {
			t.Errorf("%+v\nwritten and read again\n%+v", rows, next.rows())
		}
	})
}
