package supervisor

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

const (
	maxFields     = 32
	maxFieldName  = 64
	maxFieldValue = 1 << 10
)

// logLine is one line of a bot's output, understood.
type logLine struct {
	level   slog.Level
	message string
	fields  []slog.Attr
}

// parseLog understands a line: a JSON object as slog, hclog, pino and others
// write it, or plain text. Nothing is taken for granted about the types of
// values; what is not understood is kept as it is. Hide takes out what nobody
// is to read: of the line, for a number may be a secret, and of each text in
// it, which JSON and the terminal's sequences write in many ways.
func parseLog(line string, hide func(string) string) logLine {
	tidy := func(text string) string { return hide(clean(hide(text))) }
	if strings.HasPrefix(line, "{") {
		var object map[string]any
		if json.Unmarshal([]byte(hide(line)), &object) == nil {
			return parseObject(object, tidy)
		}
	}
	return logLine{level: levelOfText(line), message: tidy(line)}
}

// parseObject takes level and message out of object; the rest are fields.
func parseObject(object map[string]any, tidy func(string) string) logLine {
	parsed := logLine{level: slog.LevelInfo}
	take := func(keys ...string) (any, bool) {
		for _, key := range keys {
			if value, ok := object[key]; ok {
				delete(object, key)
				return value, true
			}
		}
		return nil, false
	}
	if value, ok := take("level", "@level", "severity", "levelname"); ok {
		parsed.level = levelOf(value)
	}
	if value, ok := take("msg", "message", "@message"); ok {
		parsed.message = plain(value, tidy)
	}
	take("time", "@timestamp", "timestamp", "ts") // ours is good enough
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if len(parsed.fields) == maxFields {
			break
		}
		name := shorten(tidy(key), maxFieldName)
		parsed.fields = append(parsed.fields, slog.String(name, shorten(plain(object[key], tidy), maxFieldValue)))
	}
	return parsed
}

// plain is a JSON value as one line of text.
func plain(value any, tidy func(string) string) string {
	switch value := value.(type) {
	case string:
		return tidy(value)
	case nil:
		return ""
	case map[string]any, []any:
		raw, err := json.Marshal(tidied(value, tidy))
		if err != nil {
			return fmt.Sprintf("%T", value)
		}
		return tidy(string(raw))
	}
	return fmt.Sprint(value)
}

// tidied is a JSON value with each text in it tidied.
func tidied(value any, tidy func(string) string) any {
	switch value := value.(type) {
	case string:
		return tidy(value)
	case []any:
		for i := range value {
			value[i] = tidied(value[i], tidy)
		}
	case map[string]any:
		for key := range value {
			value[key] = tidied(value[key], tidy)
		}
	}
	return value
}

// levelOf understands a level by name, or by number as pino has them.
func levelOf(value any) slog.Level {
	switch value := value.(type) {
	case float64:
		switch {
		case value < 20:
			return slog.LevelDebug - 4
		case value < 30:
			return slog.LevelDebug
		case value < 40:
			return slog.LevelInfo
		case value < 50:
			return slog.LevelWarn
		}
		return slog.LevelError
	case string:
		switch strings.ToLower(value) {
		case "trace":
			return slog.LevelDebug - 4
		case "warning":
			return slog.LevelWarn
		case "fatal", "critical", "panic", "emergency", "alert":
			return slog.LevelError
		}
		var level slog.Level
		if level.UnmarshalText([]byte(value)) == nil {
			return min(max(level, slog.LevelDebug-4), slog.LevelError+4)
		}
	}
	return slog.LevelInfo
}

// levelOfText guesses the level of a plain line by how it begins.
func levelOfText(line string) slog.Level {
	for prefix, level := range map[string]slog.Level{
		"[TRACE]": slog.LevelDebug - 4, "[DEBUG]": slog.LevelDebug, "[WARN]": slog.LevelWarn, "[ERROR]": slog.LevelError,
		"WARNING:": slog.LevelWarn, "ERROR:": slog.LevelError, "CRITICAL:": slog.LevelError,
		"panic: ": slog.LevelError, "fatal error: ": slog.LevelError, "Traceback ": slog.LevelError,
	} {
		if strings.HasPrefix(line, prefix) {
			return level
		}
	}
	return slog.LevelInfo
}
