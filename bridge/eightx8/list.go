package eightx8

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

// pageSize is what lists are asked for; 8x8 may cap it.
const pageSize = 100

// unknownPages: a list did not say how many pages it has.
const unknownPages = -1

// page is one page of a list.
type page[T any] struct {
	items []T
	// pages there are in all; unknownPages if the list does not say.
	pages int
}

// getPage reads one page of the list called name. The list may stand under
// _embedded, where the gateway's schemas define it, or at the top by its name
// or as data, where they require it and where the chat-api has it (8x8 contract, "Where the vendor's schemas
// contradict themselves"). What is of another type than it should be is zero.
func getPage[T any](ctx context.Context, c *client, do call, name string, number int) (page[T], error) {
	query := url.Values{"size": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(number)}}
	for key, values := range do.query {
		query[key] = values
	}
	do.query = query
	var top map[string]json.RawMessage
	if err := c.get(ctx, do, &top); err != nil {
		return page[T]{}, err
	}
	read := page[T]{pages: unknownPages}
	about := member[members](top, "page")
	for _, name := range []string{"totalPages", "pageCount"} { // gateway, chat-api
		if total, ok := member[scalar](about, name).number(); ok {
			read.pages = total
		}
	}
	read.items = listed[T](top, name)
	return read, nil
}

// getWhole reads a list that has no pages.
func getWhole[T any](ctx context.Context, c *client, do call, name string) ([]T, error) {
	var top members
	if err := c.get(ctx, do, &top); err != nil {
		return nil, err
	}
	return listed[T](top, name), nil
}

// listed are the items of the list called name, wherever it stands.
func listed[T any](top members, name string) []T {
	embedded := member[members](top, "_embedded")
	for _, list := range []json.RawMessage{embedded[name], top[name], top["data"]} {
		if items := readable[T](list); len(items) > 0 {
			return items
		}
	}
	return nil
}

// members are an object's members, unread.
type members = map[string]json.RawMessage

// member reads one member of an object, as far as it can be read.
func member[T any](object members, name string) T {
	var value T
	lenient(object[name], &value)
	return value
}

// readable are the items of a list, as far as they can be read. One object is
// a list of one.
func readable[T any](list json.RawMessage) []T {
	if bytes.HasPrefix(bytes.TrimSpace(list), []byte("{")) {
		items := make([]T, 1)
		lenient(list, &items[0])
		return items
	}
	var items []T
	lenient(list, &items)
	return items
}

// lenient reads JSON as far as it fits: what is of another type is left zero,
// and the rest is read all the same, as encoding/json does it.
func lenient(data []byte, into any) {
	_ = json.Unmarshal(data, into) // see above
}

// eachPage hands the pages of a list to visit, from the first, until visit
// says stop, the list is over, or most pages were read. A short page does not
// end a list. whole reports whether the list was read to its end.
func eachPage[T any](ctx context.Context, c *client, do call, name string, most int, visit func([]T) (stop bool)) (whole bool, err error) {
	for number := range most {
		read, err := getPage[T](ctx, c, do, name, number)
		if err != nil {
			return false, err
		}
		if visit(read.items) {
			return false, nil
		}
		if len(read.items) == 0 || read.pages != unknownPages && number+1 >= read.pages {
			return true, nil
		}
	}
	return false, nil
}

// maxListPages bounds a list that is read whole.
const maxListPages = 50

// getAll reads a paged list to its end, each item once. A page that brings
// nothing new is the end, too. A list with more pages than we read is an error:
// what is missing in half of it would be made once more.
func getAll[T interface{ id() scalar }](ctx context.Context, c *client, do call, name string) ([]T, error) {
	var all []T
	seen, over := map[scalar]bool{}, false
	whole, err := eachPage(ctx, c, do, name, maxListPages, func(items []T) bool {
		before := len(all)
		for _, item := range items {
			if id := item.id(); !seen[id] {
				seen[id] = id != ""
				all = append(all, item)
			}
		}
		over = len(all) == before
		return over
	})
	if err == nil && !whole && !over {
		err = do.unanswered(fmt.Errorf("there are more than %d pages", maxListPages), true)
	}
	if err != nil {
		return nil, err
	}
	return all, nil
}
