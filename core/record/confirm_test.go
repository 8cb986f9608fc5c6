package record

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A head that is marked is of a format that a program which does not know the mark
// refuses, instead of serving the account and dropping the mark; without the mark it
// is as it always was.
func TestHead_AMarkIsNotPassedOver(t *testing.T) {
	f := newFolder(t)
	for _, confirm := range []bool{true, false} {
		h := someHead()
		h.Confirm = confirm
		if err := f.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		want := format
		if confirm {
			want = format + 1
		}
		got, err := f.ReadHead(someID)
		if err != nil || got.Version != want || got.Confirm != confirm {
			t.Errorf("%+v, %v", got, err)
		}
		data, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var bare struct {
			Confirm *bool `json:"confirm"`
		}
		if err := json.Unmarshal(data, &bare); err != nil || confirm != (bare.Confirm != nil) {
			t.Errorf("%s, %v", data, err)
		}
	}
	// What says that it is newer and has no mark says something else that is not known.
	h := someHead()
	h.Version = markedFormat
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeAccount(data); codeOf(err) != autherr.CodeNewerStore || !reflect.DeepEqual(got, h) {
		t.Errorf("%+v, %v", got, err)
	}
}
