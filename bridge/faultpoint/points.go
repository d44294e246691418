package faultpoint

// The steps, in the order in which a message meets them.
const (
	// Journal: the rules have decided, nothing is on its way to the disk.
	Journal = "journal"
	// BeforeCommit and AfterCommit are around the transaction of a group.
	BeforeCommit = "before-commit"
	AfterCommit  = "after-commit"
	// BeforeAnswer: the event is durable, and whoever sent it does not know.
	BeforeAnswer = "before-answer"

	// BeforeBotCall: a turn is about to be put to its bot.
	BeforeBotCall = "before-bot-call"
	// BotSaid and AfterBotCall: the bot has said something, or has ended its
	// turn, and nothing of that is durable.
	BotSaid      = "bot-said"
	AfterBotCall = "after-bot-call"

	// BeforeDelivery and AfterDelivery are around a page of the journal on its
	// way to a customer's stream.
	BeforeDelivery = "before-delivery"
	AfterDelivery  = "after-delivery"

	// Around the calls to 8x8. After: it has answered, and that is not durable.
	BeforeCreate     = "before-create"
	AfterCreate      = "after-create"
	BeforeAssignment = "before-assignment"
	AfterAssignment  = "after-assignment"
	BeforeSend       = "before-send"
	AfterSend        = "after-send"
	BeforeLeave      = "before-leave"
	AfterLeave       = "after-leave"
	BeforeHandBack   = "before-hand-back"
	AfterHandBack    = "after-hand-back"

	// ReadBack: a call in doubt is about to be looked for.
	ReadBack = "read-back"
	// SaveCursors: lanes have gone on, and the store does not know.
	SaveCursors = "save-cursors"
)

// All are the steps.
func All() []string {
	return []string{
		Journal, BeforeCommit, AfterCommit, BeforeAnswer, BeforeBotCall, BotSaid, AfterBotCall, BeforeDelivery,
		AfterDelivery, BeforeCreate, AfterCreate, BeforeAssignment, AfterAssignment, BeforeSend, AfterSend,
		BeforeLeave, AfterLeave, BeforeHandBack, AfterHandBack, ReadBack, SaveCursors,
	}
}

// Variable is the environment variable that arms a test build: a step's name, a
// colon, and at which of its hits the process dies ("before-commit:3"). With a
// time behind ("before-commit:3:50ms") the step is held up for so long before,
// while all others go on: what was let out too early gets away.
const Variable = "PATCHBAY_FAULTPOINT"
