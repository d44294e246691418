package eightx8

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// maxHistory is how many messages a ticket can be opened with.
const maxHistory = 200

// Desk is one tenant of 8x8 Contact Center, called by either dialect. Its
// methods are safe for concurrent use; their errors are [*bridge.DeskError],
// and those that 8x8 answered with hold an [*APIError].
//
// A request that changes something is sent exactly once. A GET is tried up to
// three times while 8x8 is unavailable. What is answered 401 is sent once more
// with a new token, where the dialect has tokens.
type Desk struct {
	api      API
	says     dialect
	client   *client
	channels *channels
}

var _ bridge.Desk = (*Desk)(nil)

// New makes a desk. It calls nobody.
func New(config Config) (*Desk, error) {
	c, err := config.client()
	if err != nil {
		return nil, fmt.Errorf("configure 8x8 desk: %w", err)
	}
	return &Desk{api: c.api, says: c.speak(c.api), client: c, channels: newChannels(c)}, nil
}

// Capabilities of the dialect, as far as the desk uses it.
func (d *Desk) Capabilities() lifecycle.Capabilities { return d.says.capabilities() }

// ticketPath is the path of a ticket, or below it.
func ticketPath(ticket, below string) string {
	return "/conversations/" + url.PathEscape(ticket) + below
}

// needTicket refuses calls for no ticket, or whatever else has an id in a path,
// and for one whose id would lead to another path.
func needTicket(op, id string) error {
	if id == "" || id == "." || id == ".." {
		return refuse(op, errors.New("no such id"))
	}
	return nil
}

// refuse is the error of a call that is not made.
func refuse(op string, because error) error {
	return &bridge.DeskError{Kind: bridge.DeskRefused, Err: fmt.Errorf("%s: %w", op, because)}
}
