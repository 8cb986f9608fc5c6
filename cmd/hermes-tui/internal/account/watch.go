package account

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
)

// watchList is `list --watch`.
func watchList(ctx context.Context, s *session.Session) error {
	return s.Watch(ctx, session.Watching{
		Draw: func() error { return List(s) },
		Rows: func() ([]session.WatchedRow, error) {
			accounts, err := s.Open(session.Options{Looks: true})
			if err != nil {
				return nil, err
			}
			have, now := accounts.Snapshot(), s.Clock.Now()
			return rowsOf(s, have.Accounts, now, listTable(have, now, true)), have.Err
		},
	})
}

// watch is `status --watch`.
func (o *StatusOptions) watch(ctx context.Context) error {
	return o.Watch(ctx, session.Watching{
		Draw: o.Run,
		Rows: func() ([]session.WatchedRow, error) {
			accounts, err := o.Open(session.Options{Looks: true})
			if err != nil {
				return nil, err
			}
			have, now := accounts.Snapshot(), o.Clock.Now()
			if have.Err != nil {
				return nil, have.Err
			}
			some, _, err := o.chosen(accounts, have)
			if err != nil {
				return nil, err
			}
			if o.Short {
				line := short(some, o.glyphs(), now)
				return []session.WatchedRow{{Is: line, Write: func() error { o.Line("%s", line); return nil }}}, nil
			}
			return rowsOf(o.Session, some, now, statusTable(some, now)), nil
		},
	})
}

// rowsOf are accounts as rows that are watched, which the table shows one by one.
func rowsOf(s *session.Session, all []core.Account, now time.Time, t *table.Table) (rows []session.WatchedRow) {
	for i, a := range all {
		row := format.AccountJSON(a, now)
		is := row
		is.ExpiresIn = nil // it runs, whatever happens
		rows = append(rows, session.WatchedRow{Is: is, Write: func() error {
			if s.JSON {
				return s.WriteData(row, []format.Account{row})
			}
			return s.Draw(t.Row(i).Body(s.Look()))
		}})
	}
	return rows
}

// watch is `log --watch`.
func (o *LogOptions) watch(ctx context.Context) error {
	return o.Watch(ctx, session.Watching{
		Draw: func() error {
			last := *o
			if room := max(o.Rows()-1, 1); last.Lines == 0 || last.Lines > room { // below the headings
				last.Lines = room
			}
			last.screen = max(o.Rows(), 1) // of which an event takes several where it is narrow
			return last.Run()
		},
		Rows: func() ([]session.WatchedRow, error) {
			all, err := o.events()
			if err != nil {
				return nil, err
			}
			entries, t := historyJSON(all), logTable(all)
			rows := make([]session.WatchedRow, len(entries))
			for i, e := range entries {
				rows[i] = session.WatchedRow{Is: e, Write: func() error {
					if o.JSON {
						return o.WriteData(e, entries[i:i+1])
					}
					return o.Draw(t.Row(i).Body(o.Look()))
				}}
			}
			return rows, nil
		},
	})
}
