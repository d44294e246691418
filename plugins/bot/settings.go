package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
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
// Unknown keys and wrong types are errors that name the key.
func (s Settings) Decode(target any) error {
	raw, err := json.Marshal(s.Values)
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return s.Errorf(wrong.Field, "is a %s, and must be a %s", wrong.Value, wrong.Type)
		}
		return s.Errorf("", "%v", err)
	}
	return nil
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

// settingErrors finds all that err, an error of a [Factory], says about
// settings: joined errors count singly, any other error is about the whole.
func settingErrors(err error) SettingErrors {
	switch err := err.(type) {
	case SettingErrors:
		return err
	case SettingError:
		return SettingErrors{err}
	case interface{ Unwrap() []error }:
		var all SettingErrors
		for _, one := range err.Unwrap() {
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
