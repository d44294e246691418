package eightx8

import (
	"context"
	"errors"
	"net/url"
	"strconv"
)

// TicketFilter says which tickets are listed. The two dialects filter in their
// own ways; what the desk's cannot is refused, not passed over.
type TicketFilter struct {
	// FIQL and Sort, in 8x8's words: id:desc say. The chat-gateway alone.
	FIQL, Sort string
	// Channel by id; Status created, pending, handling or deleted; UserID,
	// Email and other members of the customer's data. The chat-api alone.
	Channel, Status, UserID, Email string
	Customer                       map[string]string
	// NewestFirst: the chat-gateway sorts by id for want of better.
	NewestFirst bool
	// Page from 0, and how many tickets it is to have; 0: as 8x8 likes.
	Page, Size int
}

// TicketPage is one page of tickets.
type TicketPage struct {
	Tickets []Ticket
	// Pages there are in all; -1: 8x8 did not say, go on until one is empty.
	Pages int
}

// Tickets lists one page of the tenant's tickets (8x8 contract, "Two dialects
// of one service", paging).
func (d *Desk) Tickets(ctx context.Context, f TicketFilter) (TicketPage, error) {
	return d.says.tickets(ctx, f)
}

const listTickets = "list conversations"

var (
	errGatewayFilter = errors.New("the chat-gateway does not filter by channel, status or customer")
	errChatAPIFilter = errors.New("the chat-api knows neither FIQL nor sort")
)

func (g gateway) tickets(ctx context.Context, f TicketFilter) (TicketPage, error) {
	if f.Channel != "" || f.Status != "" || f.UserID != "" || f.Email != "" || len(f.Customer) > 0 {
		return TicketPage{}, refuse(listTickets, errGatewayFilter)
	}
	sort := f.Sort
	if sort == "" && f.NewestFirst {
		sort = "id:desc"
	}
	query := given(map[string]string{"filter": f.FIQL, "sort": sort})
	return ticketPage[conversationItem](ctx, g.client, f, query)
}

func (c chatAPI) tickets(ctx context.Context, f TicketFilter) (TicketPage, error) {
	if f.FIQL != "" || f.Sort != "" {
		return TicketPage{}, refuse(listTickets, errChatAPIFilter)
	}
	values := map[string]string{"channel-id": f.Channel, "status": f.Status, "userId": f.UserID, "customer.email": f.Email}
	for key, value := range f.Customer {
		values["customer."+key] = value
	}
	if f.NewestFirst {
		values["order"] = "desc"
	}
	return ticketPage[flatConversationItem](ctx, c.client, f, given(values))
}

// ticketPage reads a page of either dialect's items.
func ticketPage[T interface{ ticket() Ticket }](ctx context.Context, c *client, f TicketFilter, query url.Values) (TicketPage, error) {
	if f.Page < 0 || f.Size < 0 {
		return TicketPage{}, refuse(listTickets, errors.New("page and size must not be negative"))
	}
	if f.Size > 0 {
		query.Set("size", strconv.Itoa(f.Size))
	}
	read, err := getPage[T](ctx, c, call{op: listTickets, path: "/conversations", query: query}, "conversations", f.Page)
	if err != nil {
		return TicketPage{}, err
	}
	made := TicketPage{Pages: read.pages}
	for _, item := range read.items {
		made.Tickets = append(made.Tickets, item.ticket())
	}
	return made, nil
}

// given is a query of the values that are not empty.
func given(values map[string]string) url.Values {
	query := url.Values{}
	for key, value := range values {
		if value != "" {
			query.Set(key, value)
		}
	}
	return query
}
