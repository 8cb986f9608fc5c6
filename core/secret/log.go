package secret

import (
	"context"
	"fmt"
	"log/slog"
)

// Handler is a [slog.Handler] that runs every message and every value through a
// [Scrubber] before another handler sees them. Values of other kinds than
// numbers, times and booleans are turned into text, so that no struct takes a
// token past it.
type Handler struct {
	next  slog.Handler
	known *Scrubber
}

// NewHandler wraps next. The Scrubber may learn more secrets later.
func NewHandler(next slog.Handler, known *Scrubber) *Handler { return &Handler{next, known} }

// Enabled implements [slog.Handler].
func (h *Handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

// Handle implements [slog.Handler].
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, h.known.Scrub(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

// WithAttrs implements [slog.Handler].
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &Handler{h.next.WithAttrs(h.attrs(attrs)), h.known}
}

// WithGroup implements [slog.Handler].
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{h.next.WithGroup(name), h.known}
}

func (h *Handler) attrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		clean = append(clean, h.attr(a))
	}
	return clean
}

func (h *Handler) attr(a slog.Attr) slog.Attr {
	if v := a.Value.Resolve(); v.Kind() == slog.KindGroup {
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(h.attrs(v.Group())...)}
	}
	return ReplaceAttr(h.known)(nil, a)
}

// ReplaceAttr returns a function for [slog.HandlerOptions] that scrubs the
// values of attributes. It does not see the values inside a struct that a
// handler marshals by itself; [Handler] leaves no such values.
func ReplaceAttr(known *Scrubber) func(groups []string, a slog.Attr) slog.Attr {
	return func(_ []string, a slog.Attr) slog.Attr {
		switch v := a.Value.Resolve(); v.Kind() {
		case slog.KindString:
			return slog.String(a.Key, known.Scrub(v.String()))
		case slog.KindAny:
			if level, ok := v.Any().(slog.Level); ok {
				return slog.Any(a.Key, level)
			}
			if source, ok := v.Any().(*slog.Source); ok {
				return slog.Any(a.Key, source)
			}
			return slog.String(a.Key, known.Scrub(fmt.Sprintf("%+v", v.Any())))
		default:
			return slog.Attr{Key: a.Key, Value: v}
		}
	}
}
