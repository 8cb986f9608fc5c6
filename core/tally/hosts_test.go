package tally

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// tells is that another host's file has these rows: slots by the minutes since an hour
// before noon.
func tells(t *testing.T, state, name, head string, rows ...string) {
	t.Helper()
	if err := os.MkdirAll(Hosts(state), 0o700); err != nil {
		t.Fatal(err)
	}
	text := "{" + head + `,"rows":[`
	for i, row := range rows {
		if i > 0 {
			text += ","
		}
		text += "{" + row + "}"
	}
	if err := os.WriteFile(filepath.Join(Hosts(state), name), []byte(text+"]}"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func slotRow(minutes, requests int, account string) string {
	at := hourOf(noon).Add(time.Duration(minutes-60) * time.Minute).Format(time.RFC3339)
	return fmt.Sprintf(`"slot":%q,"account":%q,"program":"ci","model":"","requests":%d`, at, account, requests)
}

// What other hosts have counted is counted with what this one has, each time once; what is
// no row of ours is left out.
func TestHosts(t *testing.T) {
	dir := t.TempDir()
	from := hourOf(noon).Format(time.RFC3339)
	tells(t, dir, "of-desk.json", `"host":"desk","from":"`+from+`"`, slotRow(60, 1, "a"), slotRow(61, 64, "a"), slotRow(60, 128, ""))
	tells(t, dir, "of-desk+past.json", `"host":"desk","past":true,"from":"`+from+`"`, slotRow(0, 2, "a"), slotRow(60, 256, "a"))
	tells(t, dir, "of-lab+past.json", `"host":"lab","past":true,"from":"`+from+`"`, slotRow(0, 4, "a"))
	tells(t, dir, "of-none.json", `"host":""`, slotRow(60, 512, "a"))
	if err := os.WriteFile(filepath.Join(Hosts(dir), "of-bad.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := clock.NewFake(noon)
	m := NewMeter(dir, c)
	defer m.Close()
	m.Note(Use{Account: "a", Program: "ci"}, Counts{Requests: 8})
	sums := map[string]uint64{}
	for _, r := range m.Read(noon.Add(-Keep)) {
		sums[r.Host] += r.Requests
	}
	if got := fmt.Sprint(sums); got != "map[:8 desk:3 lab:4]" {
		t.Errorf("counted are %s", got)
	}
	if own := m.Own(noon.Add(-Keep)); len(own) != 1 || own[0].Requests != 8 {
		t.Errorf("this host's own: %+v", own)
	}
	tells(t, dir, "of-lab.json", `"host":"lab","from":"`+from+`"`, slotRow(60, 16, "a"))
	if got := Sum(m.Read(noon.Add(-Keep))).Requests; got != 31 {
		t.Errorf("with what was told since: %d", got)
	}
	if got := m.folder.changed(noon); got.IsZero() {
		t.Error("a watcher does not hear of other hosts")
	}
}

func TestByHour(t *testing.T) {
	rows := []Row{
		{Slot: hourOf(noon).Add(40 * time.Minute), Use: Use{Account: "a"}, Counts: Counts{Requests: 1}},
		{Slot: hourOf(noon), Use: Use{Account: "a"}, Counts: Counts{Requests: 2}},
		{Slot: hourOf(noon).Add(-20 * time.Minute), Use: Use{Account: "a"}, Counts: Counts{Requests: 4}},
	}
	got := ByHour(rows)
	if len(got) != 2 || got[0].Requests != 4 || got[1].Requests != 3 || !got[1].Slot.Equal(hourOf(noon)) {
		t.Errorf("%+v", got)
	}
}
