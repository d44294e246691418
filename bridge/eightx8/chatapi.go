package eightx8

import (
	"net/http"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// chatAPI is the dialect of the Chat API v2.
type chatAPI struct{ *client }

// flatFields is how many of a customer's members the desk may fill itself:
// name, customerId, email, phone and language.
const flatFields = 5

// capabilities of the chat-api: text alone, no typing, and 30 properties that
// the customer's own data and the marker are among.
func (chatAPI) capabilities() lifecycle.Capabilities {
	return lifecycle.Capabilities{
		History:    maxHistory,
		Properties: maxProperties - flatFields - 1,
		Languages:  append(languages(), "nb", "nn"),
	}
}

// leaving ends the interaction.
func (chatAPI) leaving(ticket string) call {
	return call{method: http.MethodDelete, path: ticketPath(ticket, "/participants/customer")}
}

// publicKey has no tenant in its path.
func (c chatAPI) publicKey(kid string) call {
	return call{root: c.above, path: "/jwk/" + kid + "/public"}
}
