package eightx8

import (
	"net/http"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// gateway is the dialect of the Chat Gateway v1.
type gateway struct{ *client }

// capabilities of the chat-gateway. One of the 30 properties that 8x8 keeps
// is the marker.
func (g gateway) capabilities() lifecycle.Capabilities {
	return lifecycle.Capabilities{
		Cards:           cardTypes(),
		AdaptiveVersion: maxAdaptive,
		QuickReplies:    true,
		Attachments:     true,
		Typing:          true,
		Assign:          true,
		HandBack:        !g.noHandBack,
		History:         maxHistory,
		Properties:      maxProperties - 1,
		Languages:       append(languages(), "nb", "nn"), // which are its no
	}
}

// leaving ends the interaction.
func (gateway) leaving(ticket string) call {
	return call{
		method: http.MethodPatch,
		path:   ticketPath(ticket, "/participants/user"),
		body:   participantRequest{Removed: true},
	}
}

func (gateway) publicKey(kid string) call { return call{path: "/jwk/" + kid + "/public"} }
