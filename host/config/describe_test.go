package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// describe writes a Config a key a line, as it was understood. Secrets are
// shown: they are the test's own.
func describe(c *Config) string {
	var b strings.Builder
	describeValue(&b, "", reflect.ValueOf(*c))
	for _, warning := range c.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", warning)
	}
	return b.String()
}

func describeValue(b *strings.Builder, key string, v reflect.Value) {
	switch own := v.Interface().(type) {
	case Secret:
		if !own.IsZero() {
			fmt.Fprintf(b, "%s = secret %q\n", key, own.Reveal())
		}
		return
	case time.Duration, Timezone, Date, Network, Pattern:
		fmt.Fprintf(b, "%s = %v\n", key, own)
		return
	case Rate:
		fmt.Fprintf(b, "%s = %.3g/s burst %d\n", key, own.PerSecond, own.Burst)
		return
	case Text:
		for _, language := range sorted(own) {
			at := key
			if language != "" {
				at = join(key, language)
			}
			fmt.Fprintf(b, "%s = %q\n", at, own[language])
		}
		return
	case Store:
		fmt.Fprintf(b, "%s = sqlite %s\n", key, own.SQLite)
		return
	case Weekly:
		for day, spans := range own {
			for _, span := range spans {
				fmt.Fprintf(b, "%s.%v = %v to %v\n", key, time.Weekday(day), span.Open, span.Close)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(v.Type()) {
			if name, _, ok := fieldKey(field); ok {
				describeValue(b, join(key, name), v.FieldByIndex(field.Index))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			describeValue(b, key, v.Elem())
		}
	case reflect.Map:
		named := map[string]reflect.Value{}
		for _, name := range v.MapKeys() {
			named[name.String()] = v.MapIndex(name)
		}
		for _, name := range sorted(named) {
			describeValue(b, join(key, name), named[name])
		}
	case reflect.Slice:
		for i := range v.Len() {
			describeValue(b, index(key, i), v.Index(i))
		}
	case reflect.Interface:
		fmt.Fprintf(b, "%s = %#v\n", key, v.Interface())
	default:
		if !v.IsZero() {
			fmt.Fprintf(b, "%s = %#v\n", key, v.Interface())
		}
	}
}
