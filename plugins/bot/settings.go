package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
)

// Settings is what one instance of a bot is configured with.
type Settings struct {
	// Bot is the instance's name in the configuration.
	Bot string
	// Values are the settings, as configured: strings, float64, bool, nil,
	// []any and map[string]any.
	Values map[string]any
	// Secrets by name. They are never logged; keep it so.
	Secrets map[string]string
	// BaseDir is the folder of the host's configuration file.
	BaseDir string
}

// Decode fills target, a pointer to a struct with json tags, from the values.
// Unknown keys and wrong types are errors that name the key. A duration such as
// 5s is text: a string in the struct, for [time.ParseDuration].
func (s Settings) Decode(target any) error {
	raw, err := json.Marshal(s.Values)
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(target)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return s.Errorf(wrong.Field, "is %s, and must be %s", valueWord(wrong.Value), typeWord(wrong.Type))
	}
	// encoding/json has no type for this error.
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		key = strings.Trim(key, `"`)
		if places := placesOf(key, "", s.Values); len(places) == 1 {
			key = places[0]
		}
		return s.Errorf(key, "is not a setting of this bot")
	}
	return s.Errorf("", "%v", err)
}

// placesOf are the paths at which value, itself at a path, has the key.
func placesOf(key, at string, value any) (places []string) {
	switch value := value.(type) {
	case map[string]any:
		for name, under := range value {
			path := strings.TrimPrefix(at+"."+name, ".")
			if name == key {
				places = append(places, path)
			}
			places = append(places, placesOf(key, path, under)...)
		}
	case []any:
		for i, under := range value {
			places = append(places, placesOf(key, fmt.Sprintf("%s[%d]", at, i), under)...)
		}
	}
	return places
}

// valueWord says in YAML's words what encoding/json found.
func valueWord(found string) string {
	switch found {
	case "string":
		return "text"
	case "array":
		return "a list"
	case "object":
		return "a map"
	case "bool":
		return "true or false"
	}
	return "a " + found // number, number -1.5
}

// typeWord says in YAML's words what a Go type takes.
func typeWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a map"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0"
	}
	return "a " + t.String()
}

// Path makes a path from the settings absolute: relative ones start at the
// folder of the host's configuration file.
func (s Settings) Path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.BaseDir, path)
}

// Errorf is an error about one key of the settings.
func (s Settings) Errorf(key, format string, args ...any) error {
	return SettingErrors{{Key: key, Problem: fmt.Sprintf(format, args...)}}
}

// maxProblems is how many problems of settings are said at once: a file that is
// wrong in the same way in each line says enough with its first ones.
const maxProblems = 100

// tellable makes of es what goes over the wire whatever was quoted in it: lines
// of text, and not too many.
func (es SettingErrors) tellable() SettingErrors {
	var told SettingErrors
	for i, e := range es {
		if i == maxProblems {
			return append(told, SettingError{Problem: fmt.Sprintf("and %d more", len(es)-i)})
		}
		told = append(told, SettingError{Key: oneLine(e.Key, maxValue), Problem: oneLine(e.Problem, maxSummary)})
	}
	return told
}

// settingErrors finds all that err, an error of a [Factory], says about
// settings: joined errors count singly, any other error is about the whole.
func settingErrors(err error) SettingErrors {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // each of them, not the first
		var all SettingErrors
		for _, one := range joined.Unwrap() {
			all = append(all, settingErrors(one)...)
		}
		return all
	}
	if all, ok := errors.AsType[SettingErrors](err); ok {
		return all
	}
	if one, ok := errors.AsType[SettingError](err); ok {
		return SettingErrors{one}
	}
	return SettingErrors{{Problem: err.Error()}}
}
