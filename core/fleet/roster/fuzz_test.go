package roster

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

func FuzzInvitation(f *testing.F) {
	i := Invitation{endpoints, bytes.Repeat([]byte{7}, 32), "prod", secret.New("0123456789abcdef")}
	f.Add(i.Text())
	f.Add("htfleet1-gaytemzugu3")
	f.Fuzz(func(t *testing.T, text string) {
		i, err := ParseInvitation(text)
		if err != nil {
			if autherr.KindOf(err) != autherr.Usage {
				t.Error(err)
			}
			return
		}
		again, err := ParseInvitation(i.Text())
		if err != nil || again.Text() != i.Text() || i.check() != nil || !slices.Equal(again.Endpoints, i.Endpoints) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// A roster as an administrator of the etcd may write it: the envelope is parsed
// before anybody vouches for it.
func FuzzRoster(f *testing.F) {
	b := newBench(f)
	v, _ := b.found(f)
	f.Add(v.fleet, []byte(v.mac.Body))
	f.Fuzz(func(t *testing.T, value, body []byte) {
		wrapped, err := json.Marshal(envelope{body, v.mac.MAC, v.mac.Sign})
		if err != nil {
			wrapped = value
		}
		for _, value := range [][]byte{value, wrapped} {
			r, e, err := parse(b.keys, value)
			if err != nil {
				if code := autherr.CodeOf(err); code != autherr.CodeRecordDamaged && code != autherr.CodeNewerStore {
					t.Error(err)
				}
				continue
			}
			if again, err := json.Marshal(e); err != nil || !bytes.Equal(again, value) || r.ID != "prod" || len(r.recipients(Owner)) == 0 || !joined(r.Links, r.Epoch) {
				t.Errorf("%+v %v", r, err)
			}
			for _, m := range r.Members {
				if !validName(m.Name) || clean(m.Name) != m.Name {
					t.Errorf("%q", m.Name)
				}
			}
			if _, ok := vouch(v.known.links, r.Links, r.ID); ok && e.signedBy(v.known.links[0].Key, b.keys.Fleet()) == nil && !bytes.Equal(value, v.fleet) {
				t.Errorf("a roster that the fleet did not sign: %s", value)
			}
		}
	})
}

// A joiner's record, once as anybody writes it, and once as somebody who has the
// invitation.
func FuzzJoinRecord(f *testing.F) {
	s := Invitation{Secret: secret.New("0123456789abcdef")}.slips(Keys{"prod"})
	const own = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" // the same in every process that fuzzes
	one := slip{Version: 1, State: asked, Fleet: "prod", Epoch: 1, Serial: 1, Key: bytes.Repeat([]byte{7}, 32), Recipient: own, Role: Owner, Guest: own, Name: "laptop"}
	valid, err := s.write(one)
	if err != nil {
		f.Fatal(err)
	}
	body, _ := json.Marshal(one)
	f.Add(valid, body)
	f.Fuzz(func(t *testing.T, value, body []byte) {
		if _, err := s.read(value); err == nil && !bytes.Equal(value, valid) {
			t.Errorf("a record without the secret: %s", value)
		}
		compact, err := json.Marshal(json.RawMessage(body))
		if err != nil {
			return
		}
		value, err = json.Marshal(sealedSlip{compact, authenticate(s.mac, s.key, string(compact))})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.read(value)
		if err != nil {
			if code := autherr.CodeOf(err); code != autherr.CodeRecordDamaged && code != autherr.CodeNewerStore {
				t.Error(err)
			}
			return
		}
		if got.State != offered && (!validName(got.Name) || !validRecipient(got.Guest)) || len(s.sixWords(got)) != 6 {
			t.Errorf("%+v", got)
		}
	})
}
