package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// checkNulls refuses a body with a null in it: no schema of 8x8's has one. What
// is in a card is not asked.
func checkNulls(body []byte) error {
	var whole any
	if err := json.Unmarshal(body, &whole); err != nil {
		return err
	}
	if at := nullIn(whole, ""); at != "" {
		return refuse(at, "null", "invalid_json_object", "%s may not be null.", at)
	}
	return nil
}

// nullIn is the path of the first null; empty if there is none.
func nullIn(value any, path string) string {
	switch value := value.(type) {
	case nil:
		return path
	case []any:
		for i, one := range value {
			if at := nullIn(one, fmt.Sprintf("%s[%d]", path, i)); at != "" {
				return at
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			below := name
			if path != "" {
				below = path + "." + name
			}
			if name == "content" && value[name] != nil {
				continue
			}
			if at := nullIn(value[name], below); at != "" {
				return at
			}
		}
	}
	return ""
}
