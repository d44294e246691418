// Package bot is the SDK for Patchbay bots: the one import of a plugin's
// author.
//
// A bot answers turns. The smallest one is a function:
//
//	func main() {
//		bot.Serve(bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
//			return reply.Say("You said: " + t.Text())
//		}))
//	}
//
// The words Message, Card, Attachment and so on are the same that the host
// uses inside, and the host's client of a plugin process is itself a [Bot], so
// a bot can be run in-process (see [Run]) exactly as it runs behind the wire.
package bot
