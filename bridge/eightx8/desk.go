package eightx8

import (
	"fmt"
	"net/url"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// maxHistory is how many messages a ticket can be opened with.
const maxHistory = 200

// Desk is one tenant of 8x8 Contact Center, called by the chat-gateway. Its
// methods are safe for concurrent use; their errors are [*bridge.DeskError],
// and those that 8x8 answered with hold an [*APIError].
//
// A request that changes something is sent exactly once. A GET is tried up to
// three times while 8x8 is unavailable.
type Desk struct {
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
	return &Desk{client: c, channels: newChannels(c)}, nil
}

// Capabilities of the chat-gateway, as far as the desk uses it. One of the 30
// properties that 8x8 keeps is the marker.
func (d *Desk) Capabilities() lifecycle.Capabilities {
	return lifecycle.Capabilities{
		Typing:     true,
		History:    maxHistory,
		Properties: maxProperties - 1,
	}
}

// ticketPath is the path of a ticket, or below it.
func ticketPath(ticket, below string) string {
	return "/conversations/" + url.PathEscape(ticket) + below
}

// needTicket refuses calls for no ticket, and for one whose name would lead to
// another path.
func needTicket(op, ticket string) error {
	if ticket == "" || ticket == "." || ticket == ".." {
		return &bridge.DeskError{Kind: bridge.DeskRefused, Err: fmt.Errorf("%s: no such ticket", op)}
	}
	return nil
}
