package main

import (
	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// plans is what is left of the plans: in the list, in the details, in the pool.
func plans(s *stage) error {
	if err := cast(s); err != nil {
		return err
	}
	grants := s.portal.Grants() // the newest first
	for i, used := range []int{8, 40, 99, 81, 62} {
		if err := s.portal.UsePlan(grants[i].ID, used); err != nil {
			return err
		}
	}
	if err := s.do("usage"); err != nil {
		return err
	}
	w, err := s.open(112, 24, screen.Dark, "--theme", "dark")
	if err != nil {
		return err
	}
	w.sees("PLAN USED")
	w.picture("plans")
	w.press(enter)
	w.sees("plan · told")
	w.picture("details-plan")
	w.press("q", "p")
	w.sees("plans left")
	w.picture("pool-plans")
	return w.close()
}
