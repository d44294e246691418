package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
)

// ParseFaults reads fault rules from YAML or JSON: a list of them, or an object
// with the list as "faults", as the control API takes them. Unknown keys are
// errors; all that is wrong with the rules is reported at once.
func ParseFaults(data []byte) ([]Fault, error) {
	var file struct {
		Faults []*Fault `yaml:"faults"`
	}
	var into any = &file
	if isList(data) {
		into = &file.Faults
	}
	err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("parse faults: %w", err)
	}
	if err := checkFaults(file.Faults).err(); err != nil {
		return nil, fmt.Errorf("check faults: %w", err)
	}
	rules := make([]Fault, len(file.Faults))
	for i, f := range file.Faults {
		rules[i] = *f
	}
	return rules, nil
}

// isList tells whether the document is a list.
func isList(data []byte) bool {
	var list []any
	return yaml.Unmarshal(data, &list) == nil && list != nil
}

// checkFaults says what is wrong with rules, which begin to count here.
func checkFaults(rules []*Fault) violations {
	var v violations
	for i, f := range rules {
		name := fmt.Sprintf("faults[%d]", i)
		if f == nil {
			v.require(name, "")
			continue
		}
		f.Seen, f.Used = 0, 0
		f.check(&v, name)
	}
	return v
}
