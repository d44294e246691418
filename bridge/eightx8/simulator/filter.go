package simulator

import (
	"errors"
	"fmt"
	"strings"
)

// parseFilter reads the part of FIQL that 8x8 documents: comparisons with ==
// and !=, joined by ";" (and) and "," (or), with parentheses.
func parseFilter[T any](text string, known fields[T]) (func(T) bool, error) {
	p := &filterParser[T]{rest: text, fields: known}
	matches, err := p.either()
	if err != nil {
		return nil, err
	}
	if p.rest != "" {
		return nil, fmt.Errorf("unexpected %q", p.rest)
	}
	return matches, nil
}

// maxFilterDepth bounds the parentheses inside each other.
const maxFilterDepth = 20

type filterParser[T any] struct {
	rest   string
	fields fields[T]
	depth  int
}

// either reads alternatives.
func (p *filterParser[T]) either() (func(T) bool, error) {
	left, err := p.both()
	for err == nil && p.take(",") {
		var right func(T) bool
		before := left
		right, err = p.both()
		left = func(one T) bool { return before(one) || right(one) }
	}
	return left, err
}

// both reads what must hold together.
func (p *filterParser[T]) both() (func(T) bool, error) {
	left, err := p.term()
	for err == nil && p.take(";") {
		var right func(T) bool
		before := left
		right, err = p.term()
		left = func(one T) bool { return before(one) && right(one) }
	}
	return left, err
}

// term reads a comparison or a parenthesis.
func (p *filterParser[T]) term() (func(T) bool, error) {
	if !p.take("(") {
		return p.comparison()
	}
	if p.depth++; p.depth > maxFilterDepth {
		return nil, errors.New("too many parentheses")
	}
	inner, err := p.either()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, errors.New("a parenthesis is not closed")
	}
	p.depth--
	return inner, nil
}

func (p *filterParser[T]) comparison() (func(T) bool, error) {
	end := strings.IndexAny(p.rest, "=!")
	if end < 0 {
		return nil, fmt.Errorf("%q is no comparison", p.rest)
	}
	name := p.rest[:end]
	field, known := p.fields[name]
	if !known {
		return nil, fmt.Errorf("no field %q", name)
	}
	p.rest = p.rest[end:]
	equal := p.take("==")
	if !equal && !p.take("!=") {
		return nil, fmt.Errorf("%q is neither == nor !=", p.rest[:min(2, len(p.rest))])
	}
	end = strings.IndexAny(p.rest, ";,)")
	if end < 0 {
		end = len(p.rest)
	}
	value := p.rest[:end]
	if strings.Contains(value, "*") {
		return nil, fmt.Errorf("%q has a wildcard, which is not simulated", value)
	}
	p.rest = p.rest[end:]
	return func(one T) bool { return (field(one) == value) == equal }, nil
}

func (p *filterParser[T]) take(token string) bool {
	rest, found := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return found
}
