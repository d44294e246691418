package redact

import (
	"context"
	"fmt"
	"log/slog"
)

// handler hands log records on without what is taken out.
type handler struct {
	redactor *Redactor
	next     slog.Handler
}

// Handler is a handler before another one: what messages and attributes say
// reaches next by the rules. Keys, numbers and times are left alone.
func (r *Redactor) Handler(next slog.Handler) slog.Handler { return &handler{r, next} }

// Enabled is as next says.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle hands a record on.
func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	if h.redactor.steps.Load() == nil {
		return h.next.Handle(ctx, record)
	}
	clean := slog.NewRecord(record.Time, record.Level, h.redactor.Text(record.Message), record.PC)
	record.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

// WithAttrs is with attributes as they are redacted now.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return &handler{h.redactor, h.next.WithAttrs(clean)}
}

// WithGroup is as next has it.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.redactor, h.next.WithGroup(name)}
}

func (h *handler) attr(a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(h.redactor.Text(v.String()))
	case slog.KindGroup:
		group := make([]slog.Attr, len(v.Group()))
		for i, inner := range v.Group() {
			group[i] = h.attr(inner)
		}
		a.Value = slog.GroupValue(group...)
	case slog.KindAny:
		a.Value = h.any(v)
	default:
		a.Value = v
	}
	return a
}

// any is a value of any other type. An error and bytes are text in the end; what
// else has nothing to take out stays what it is.
func (h *handler) any(v slog.Value) slog.Value {
	switch value := v.Any().(type) {
	case error:
		return slog.StringValue(h.redactor.Text(fmt.Sprint(value))) // which survives a nil pointer
	case []byte:
		return slog.StringValue(h.redactor.Text(string(value)))
	default:
		said := fmt.Sprintf("%+v", value)
		if clean := h.redactor.Text(said); clean != said {
			return slog.StringValue(clean)
		}
		return v
	}
}
