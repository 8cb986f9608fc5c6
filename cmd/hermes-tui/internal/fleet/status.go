package fleet

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

func statusCommand(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "status", Short: "Show the fleet, its hosts and its etcd", Args: arg.Exactly(0),
		Long: "Show which hosts the fleet has, which of them have a window or a `serve` that watches, how\n" +
			"far their clocks are off and when each has refreshed last, and how the etcd is.",
		RunE: func(cmd *cobra.Command, _ []string) error { return status(cmd.Context(), s) },
	}
	s.AsJSON(cmd)
	return cmd
}

// statusJSON is `fleet status --json`. Fields are only ever added.
type statusJSON struct {
	Fleet    string       `json:"fleet"`
	Host     string       `json:"host"`
	Epoch    uint64       `json:"epoch"`
	Accounts int          `json:"accounts"`
	Stale    int          `json:"stale"`   // written with keys that a removed host knew
	Damaged  []string     `json:"damaged"` // ids of accounts whose record the fleet has not written
	Hosts    []hostJSON   `json:"hosts"`
	Etcd     []memberJSON `json:"etcd"`
	Full     bool         `json:"full"` // the etcd has raised NOSPACE: it takes no change
	// RestoredAt is set while the store is an older one, and nothing is refreshed.
	RestoredAt *time.Time `json:"restored_at"`
}

type hostJSON struct {
	ID    string      `json:"id"`
	Name  string      `json:"name"`
	Role  roster.Role `json:"role"`
	Alive bool        `json:"alive"`
	// What its programs tell, where one is there.
	Version          *string    `json:"version"`
	Since            *time.Time `json:"since"` // by this host's clock
	ClockSkewSeconds *float64   `json:"clock_skew_seconds"`
	Epoch            *uint64    `json:"epoch"`
	LastRefreshAt    *time.Time `json:"last_refresh_at"`
	// Heard says whether the host has handed in what it has; null where no restored etcd
	// waits for that.
	Heard *bool `json:"heard"`
}

type memberJSON struct {
	Endpoint string  `json:"endpoint"`
	Version  string  `json:"version,omitempty"`
	Leads    bool    `json:"leads"`
	Error    *string `json:"error"`
}

func status(ctx context.Context, s *session.Session) error {
	all, err := accounts(s)
	if err != nil {
		return err
	}
	look, err := all.Host().Look(ctx)
	if look.Fleet == "" {
		return err
	}
	if s.JSON {
		if err != nil {
			return err
		}
		return s.WriteJSON(toJSON(look, s.Clock.Now()))
	}
	if err != nil {
		s.Line("fleet %s · this host is %s", look.Fleet, look.Host)
	} else {
		s.Line("fleet %s · this host is %s · epoch %d · %s", look.Fleet, look.Host, look.Epoch, counted(look.Accounts))
	}
	if look.Restored != nil {
		s.Line("the etcd was restored from a backup: tokens are served until they end, and nothing is refreshed until `hermes-tui fleet accept-restore`, which waits until every host is heard")
	}
	if look.Full {
		s.Line("the etcd is full (alarm NOSPACE) and takes no change: tokens are served until they end, and nothing is refreshed until whoever runs it makes room by `etcdctl compact`, `etcdctl defrag` and `etcdctl alarm disarm`")
	}
	if look.Stale > 0 {
		s.Line("a host was removed, and what it knows of %s may still work: `hermes-tui fleet remove` of that host again goes on", counted(look.Stale))
	}
	if len(look.Damaged) > 0 {
		s.Line("somebody who is no host of this fleet has written the record of %s in the etcd (%s): nothing of it is used or sent, and its tokens are served until they end", counted(len(look.Damaged)), strings.Join(look.Damaged, ", "))
		s.Line("find out who can write there; then `hermes-tui fleet accept-restore` puts the newest that the hosts have in its place")
	}
	if look.Departed {
		s.Line("a host has left that knew the fleet's keys: the next `hermes-tui fleet invite` or `hermes-tui fleet remove` makes new ones")
	}
	if len(look.Seats) > 0 {
		if err := s.Table(hosts(look, s.Clock.Now())); err != nil {
			return err
		}
	}
	if err := s.Table(members(look.Etcd)); err != nil {
		return err
	}
	return err
}

func toJSON(look host.Look, now time.Time) statusJSON {
	out := statusJSON{Fleet: look.Fleet, Host: look.Host, Epoch: look.Epoch, Accounts: look.Accounts, Stale: look.Stale, Damaged: append([]string{}, look.Damaged...), Hosts: []hostJSON{}, Etcd: []memberJSON{}, Full: look.Full}
	for _, seat := range look.Seats {
		out.Hosts = append(out.Hosts, toHostJSON(look, seat, now))
	}
	for _, m := range look.Etcd {
		one := memberJSON{Endpoint: m.Endpoint, Version: m.Version, Leads: m.Leader != 0 && m.Leader == m.Member}
		if m.Err != nil {
			text := m.Err.Error()
			one.Error = &text
		}
		out.Etcd = append(out.Etcd, one)
	}
	if look.Restored != nil {
		out.RestoredAt = format.Instant(look.Restored.At)
	}
	return out
}

func toHostJSON(look host.Look, seat host.Seat, now time.Time) hostJSON {
	one := hostJSON{ID: seat.ID, Name: seat.Name, Role: seat.Role, Alive: seat.Alive, LastRefreshAt: format.Instant(seat.LastAt), Heard: heard(look, seat)}
	if seat.Alive && !seat.At.IsZero() {
		one.Version, one.Since, one.Epoch = &seat.Version, format.Instant(now.Add(-seat.Up())), &seat.Epoch
		if seat.Timed {
			skew := seat.Skew.Round(time.Second).Seconds()
			one.ClockSkewSeconds = &skew
		}
	}
	return one
}

// heard says whether a host has handed in what it has, where that is waited for.
func heard(look host.Look, seat host.Seat) *bool {
	if look.Restored == nil || seat.Role != roster.Owner {
		return nil
	}
	is := look.Heard[seat.ID]
	return &is
}

// hosts has a row for each host.
func hosts(look host.Look, now time.Time) *table.Table {
	t := table.New(table.Column{Name: "HOST", Least: 12}, table.Column{Name: "ROLE", Rank: 5}, table.Column{Name: "NOW"},
		table.Column{Name: "VERSION", Rank: 3}, table.Column{Name: "CLOCK", Rank: 2}, table.Column{Name: "LAST REFRESH", Rank: 1},
		table.Column{Name: "EPOCH", Rank: 4}, table.ID())
	for _, seat := range look.Seats {
		at, version, clock, last, epoch := "not watching", "-", "-", "-", "-"
		switch {
		case seat.Odd:
			at = "record damaged"
		case seat.Alive:
			at = "watching"
		}
		if is := heard(look, seat); is != nil && *is {
			at += ", heard"
		} else if is != nil {
			at += ", not heard yet"
		}
		if seat.Name == look.Host {
			at += ", this host"
		}
		if seat.Alive && !seat.At.IsZero() {
			version, epoch = seat.Version, strconv.FormatUint(seat.Epoch, 10)
			if seat.Timed {
				clock = skew(seat.Skew)
			}
		}
		if !seat.LastAt.IsZero() {
			last = format.Since(seat.LastAt, now)
		}
		t.Add(table.Text(seat.Name), table.Text(string(seat.Role)), table.Text(at), table.Text(version), table.Text(clock),
			table.Text(last), table.Text(epoch), table.Muted(seat.ID))
	}
	return t
}

// skew says by how much a host's clock is off. Less than two seconds cannot be told.
func skew(d time.Duration) string {
	switch {
	case d.Abs() < 2*time.Second:
		return "right"
	case d > 0:
		return format.Span(d) + " ahead"
	default:
		return format.Span(-d) + " behind"
	}
}

// members has a row for each endpoint of the etcd.
func members(of []etcd.Member) *table.Table {
	t := table.New(table.Column{Name: "ETCD", Least: 16}, table.Column{Name: "VERSION", Rank: 2}, table.Column{Name: "STATE", Least: 16})
	for _, m := range of {
		state := "follows"
		switch {
		case m.Err != nil:
			state = m.Err.Error()
		case m.Leader == 0:
			state = "has no leader"
		case m.Leader == m.Member:
			state = "leads"
		}
		t.Add(table.Text(m.Endpoint), table.Text(m.Version), table.Text(state))
	}
	return t
}
