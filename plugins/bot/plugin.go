package bot

import (
	"context"

	plugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// PluginName is the name that a bot is dispensed under.
const PluginName = "bot"

// ProtocolVersion is the major version of the contract, agreed upon in the
// handshake. Everything smaller is a capability.
const ProtocolVersion = 1

// Handshake is what host and bot must agree upon before they speak. The cookie
// is no secret: it tells a bot that a host has started it, not a person.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		ProtocolVersion:  ProtocolVersion,
		MagicCookieKey:   "PATCHBAY_BOT",
		MagicCookieValue: "5f1d7a0c-patchbay-bot-1",
	}
}

// Plugins is the plugin set for go-plugin on the host's side; what it
// dispenses under [PluginName] is a [*Client].
func Plugins() plugin.PluginSet { return plugin.PluginSet{PluginName: &Plugin{}} }

// Plugin joins a bot to go-plugin.
type Plugin struct {
	plugin.NetRPCUnsupportedPlugin
	// server is what is served; nil on the host's side.
	server *Server
}

// GRPCServer registers the bot. Called once by go-plugin, in the bot's
// process.
func (p *Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	p.server.Register(s)
	return nil
}

// GRPCClient makes a [*Client]. Called by go-plugin, in the host.
func (p *Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return NewClient(conn), nil
}
