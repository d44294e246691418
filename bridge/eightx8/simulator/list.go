package simulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

const defaultPageSize = 20

// page is the paging member of every list.
type page struct {
	Size          int `json:"size"`
	Number        int `json:"number"`
	TotalElements int `json:"totalElements"`
	TotalPages    int `json:"totalPages"`
}

// flatPage is the paging member of the Chat API's lists.
type flatPage struct {
	Size  int `json:"pageSize"`
	Index int `json:"pageIndex"`
	Count int `json:"elementCount"`
	Pages int `json:"pageCount"`
}

// listing describes a list that may be paged, sorted and filtered.
type listing[T any] struct {
	name    string // under _embedded
	top     string // at the top, if the quirks want it there
	sort    string // the default order, "field:direction"
	fields  fields[T]
	ordered map[string]func(a, b T) int // what may be sorted by; nil: nothing
	flat    bool                        // as the Chat API has its lists
	bare    bool                        // without _links
	show    func(T) any                 // how one is written (as it is)
}

// fields are what a filter may name.
type fields[T any] map[string]func(T) string

// answer is the page of items that the request asks for. size is capped at
// most, as a server may do.
func (l listing[T]) answer(r *request, items []T, most int, quirks Quirks) (answer, error) {
	var v violations
	size := r.number(&v, "size", defaultPageSize, 1)
	number := r.number(&v, "page", 0, 0)
	var compare func(a, b T) int
	if l.ordered != nil {
		compare = l.order(&v, cmp.Or(r.query.Get("sort"), l.sort))
	}
	items = l.filter(&v, r.query.Get("filter"), items)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	items = slices.Clone(items)
	if compare != nil {
		slices.SortStableFunc(items, compare)
	}
	size = min(size, most)
	p := page{Size: size, Number: number, TotalElements: len(items), TotalPages: (len(items) + size - 1) / size}
	from := len(items)
	if number < p.TotalPages { // compared so that no page number overflows
		from = number * size
	}
	return ok(l.body(r, items[from:min(from+size, len(items))], p, quirks))
}

// whole is a list without paging.
func (l listing[T]) whole(r *request, items []T, quirks Quirks) (answer, error) {
	p := page{Size: len(items), TotalElements: len(items), TotalPages: min(1, len(items))}
	return ok(l.body(r, items, p, quirks))
}

func (l listing[T]) body(r *request, items []T, p page, quirks Quirks) map[string]any {
	shown := make([]any, len(items))
	for i, one := range items {
		shown[i] = one
		if l.show != nil {
			shown[i] = l.show(one)
		}
	}
	if l.flat {
		return map[string]any{"data": shown, "page": flatPage{p.Size, p.Number, p.TotalElements, p.TotalPages}}
	}
	body := map[string]any{"page": p}
	if quirks.TopLevelLists && l.top != "" {
		body[l.top] = shown
		return body
	}
	body["_embedded"] = map[string]any{l.name: shown}
	if l.bare {
		return body
	}
	body["_links"] = map[string]any{"self": map[string]string{"href": r.http.URL.RequestURI()}}
	return body
}

// order reads "field:asc" or "field:desc".
func (l listing[T]) order(v *violations, sort string) func(a, b T) int {
	field, direction, _ := strings.Cut(sort, ":")
	compare, known := l.ordered[field]
	switch {
	case !known, direction != "" && direction != "asc" && direction != "desc":
		v.add("sort", sort, "invalid_sort", "Sort %s is invalid.", sort)
	case direction == "desc":
		return func(a, b T) int { return compare(b, a) }
	}
	return compare
}

func (l listing[T]) filter(v *violations, filter string, items []T) []T {
	if filter == "" || l.fields == nil {
		return items
	}
	matches, err := parseFilter(filter, l.fields)
	if err != nil {
		v.add("filter", filter, "invalid_filter", "Filter %s is invalid: %v.", filter, err)
		return nil
	}
	return slices.DeleteFunc(slices.Clone(items), func(one T) bool { return !matches(one) })
}

// number reads a whole number of at least least from the query.
func (r *request) number(v *violations, name string, otherwise, least int) int {
	text := r.query.Get(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		v.add(name, text, "invalid_"+name, "%s %s is invalid.", name, text)
		return otherwise
	}
	return n
}

// byID orders numbers as numbers and the rest as text.
func byID(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}
