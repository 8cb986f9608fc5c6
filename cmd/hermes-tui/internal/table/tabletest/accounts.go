package tabletest

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Now is when the tables were looked at.
func Now() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }

// Accounts are one of each kind: labels that are long, wide, read from the right or
// hold what would control a terminal.
func Accounts() []core.Account {
	now := Now()
	used := 62.0
	one := func(i int, id, label, provider, region, name string, change func(*core.Account)) core.Account {
		a := core.Account{
			Public: record.Public{ID: id, Provider: provider, Region: region, ObtainedAt: now.Add(-3 * time.Minute), Skew: time.Minute, ExpiresAt: now.Add(12*time.Minute + 4*time.Second)},
			Label:  label, ProviderName: name, Priority: i, Requests: uint64(i * 1284), LastUsedAt: now.Add(-time.Duration(i) * 7 * time.Minute),
		}
		change(&a)
		return a
	}
	minimax := func(i int, id, label string, change func(*core.Account)) core.Account {
		return one(i, id, label, "minimax-oauth", "global", "MiniMax", change)
	}
	return []core.Account{
		minimax(0, "a1b2c3d4e5", "work", func(a *core.Account) {
			a.Plan = &usage.Known{Reading: usage.Reading{At: now, Windows: []usage.Window{{Name: "5h", Used: &used, Resets: now.Add(41*time.Minute + 9*time.Second), Told: now}}}}
		}),
		minimax(1, "b1b2c3d4e5", "somebody.with.a.long.name@department.company.example", func(a *core.Account) {
			a.Cooldown.At, a.Cooldown.Until, a.Cooldown.Status, a.Cooldown.Named = now, now.Add(41*time.Minute), 429, true
		}),
		minimax(2, "c1b2c3d4e5", "研究室の共有アカウント", func(a *core.Account) { a.ExpiresAt = now.Add(-time.Hour) }),
		minimax(3, "d1b2c3d4e5", "old\x1b[31mlaptop\tand more", func(a *core.Account) {
			a.Status, a.Marker = record.StatusQuarantined, &record.Note{Code: "refresh_token_reused", At: now}
		}),
		one(0, "e1b2c3d4e5", "work", "minimax-oauth", "cn", "MiniMax China", func(a *core.Account) { a.Locked = true }),
		one(0, "f1b2c3d4e5", "grok", "xai-oauth", "global", "xAI", func(a *core.Account) {
			a.AuthType, a.ExpiresAt, a.LastUsedAt = record.APIKey, time.Time{}, time.Time{}
			a.Paused.At = now
		}),
	}
}
