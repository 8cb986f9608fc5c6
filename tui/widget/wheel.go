package widget

import (
	tea "charm.land/bubbletea/v2"
)

// WheelBy is how many rows a turn of the wheel goes: one notch is one row.
func WheelBy(mouse tea.Mouse) int {
	switch mouse.Button {
	case tea.MouseWheelUp:
		return -1
	case tea.MouseWheelDown:
		return 1
	default:
		return 0
	}
}
