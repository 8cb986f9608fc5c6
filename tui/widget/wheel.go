package widget

import (
	tea "charm.land/bubbletea/v2"
)

// wheelStep is how many lines one step of the wheel scrolls.
const wheelStep = 3

// WheelBy is how far a turn of the wheel goes.
func WheelBy(mouse tea.Mouse) int {
	switch mouse.Button {
	case tea.MouseWheelUp:
		return -wheelStep
	case tea.MouseWheelDown:
		return wheelStep
	default:
		return 0
	}
}
