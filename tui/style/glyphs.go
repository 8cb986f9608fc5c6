package style

// Glyphs are the characters that draw, in UTF-8 or in ASCII only.
type Glyphs struct {
	ASCII bool

	Good, Soon, Ended, Waiting, Held  string // how an account is doing; also busy, bad and dash
	Cursor, Mark, Chosen, More, Crumb string
	Dot, Dash                         string
	Rule, Thick                       string
	Full, Empty                       string // of the bar
	From, Now, RefreshAt, To          string // of the life line
	Up, Down                          string // of an order
	QuoteLeft, QuoteRight, Busy, Bad  string
	Bars                              []rune // heights, the least first
}

func NewGlyphs(ascii bool) *Glyphs {
	if ascii {
		return &Glyphs{
			ASCII: true,
			Good:  "*", Soon: ".", Ended: "o", Waiting: "=", Held: `"`,
			Cursor: ">", Mark: "+", Chosen: "@", More: "~", Crumb: ">", Dot: "-", Dash: "-", Rule: "-", Thick: "#",
			Up: "^", Down: "v", Full: "#", Empty: "-", From: "|", Now: "*", RefreshAt: "|", To: "|",
			QuoteLeft: `"`, QuoteRight: `"`, Busy: "~", Bad: "!",
			Bars: []rune(".:-=+*#"),
		}
	}
	return &Glyphs{
		Good: "●", Soon: "•", Ended: "○", Waiting: "■", Held: "‖",
		Cursor: "▌", Mark: "✓", Chosen: "›", More: "…", Crumb: "›", Dot: "·", Dash: "–", Rule: "─", Thick: "━",
		Up: "↑", Down: "↓", Full: "━", Empty: "─", From: "├", Now: "●", RefreshAt: "┼", To: "┤",
		QuoteLeft: "“", QuoteRight: "”", Busy: "»", Bad: "!",
		Bars: []rune("▁▂▃▄▅▆▇█"),
	}
}
