package bot

import (
	"context"
	"errors"
	"fmt"
	"io"

	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
)

// maxWireMessage is the largest gRPC message that either side takes.
const maxWireMessage = 4 << 20

// Client is the host's side of a bot in another process. It is a [Bot], an
// [Observer] and a [Drainer], so that whoever holds one need not know where the
// bot runs. Everything that the process says is checked; what breaks the
// contract is a [*ContractError]. Safe for concurrent use.
type Client struct {
	service botv1.BotServiceClient
}

// NewClient makes a client of the bot at the other end of conn. The caller
// closes conn, after the last call.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{service: botv1.NewBotServiceClient(conn)}
}

// Describe asks what the bot is. Called once after each start, before
// Configure; hostVersion is for the bot's log.
func (c *Client) Describe(ctx context.Context, hostVersion string) (Description, error) {
	answer, err := c.service.Describe(ctx, &botv1.DescribeRequest{HostVersion: hostVersion}, callLimit())
	if err != nil {
		return Description{}, errorFromStatus(ctx, err)
	}
	description := descriptionFromWire(answer)
	if err := checkDescription(description); err != nil {
		return Description{}, err
	}
	return description, nil
}

// Configure hands over the settings of one instance, or with validateOnly only
// asks whether they are fine. What is wrong with them comes back as
// [SettingErrors].
func (c *Client) Configure(ctx context.Context, s Settings, validateOnly bool) error {
	values, err := structpb.NewStruct(s.Values)
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	answer, err := c.service.Configure(ctx, &botv1.ConfigureRequest{
		Bot: s.Bot, Settings: values, Secrets: s.Secrets, ValidateOnly: validateOnly, BaseDir: s.BaseDir,
	}, callLimit())
	if err != nil {
		return errorFromStatus(ctx, err)
	}
	if wrong := settingErrorsFromWire(answer); len(wrong) > 0 {
		return wrong
	}
	return nil
}

// Turn puts one turn to the bot and repeats on reply what it answers, as it
// comes. It returns when the bot's stream has ended, when ctx is done, or when
// reply takes no more; the call is cancelled then. What a bot's failure means
// is in the table of errors.go.
func (c *Client) Turn(ctx context.Context, t *Turn, reply *Reply) error {
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.service.Turn(call, turnToWire(t), callLimit())
	if err != nil {
		return errorFromStatus(ctx, err)
	}
	var end Event
	for seq := 1; ; seq++ {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return finish(end, reply)
		}
		if err != nil {
			return errorFromStatus(ctx, err)
		}
		event := eventFromWire(answer)
		if err := checkOrder(event, seq, end); err != nil {
			return err
		}
		if event.Terminal() {
			end = event
		} else if err := repeat(event, reply); err != nil {
			return err
		}
	}
}

// checkOrder checks that event may come as number seq, and after end.
func checkOrder(event Event, seq int, end Event) error {
	switch {
	case end.Terminal() && event.Terminal():
		return broken("event %d is a second terminal event", seq)
	case end.Terminal():
		return broken("event %d comes after the terminal event", seq)
	case event.Seq != seq:
		return broken("event %d has the number %d", seq, event.Seq)
	case seq > maxEvents:
		return broken("more than %d events", maxEvents)
	}
	return nil
}

// repeat does on reply what event says; an event that this version does not
// know is passed over.
func repeat(event Event, reply *Reply) error {
	switch {
	case event.Message != nil:
		return reply.Send(*event.Message)
	case event.Typing != nil:
		return reply.Type(*event.Typing)
	}
	return nil
}

// finish makes of the terminal event what Turn leaves on reply and returns.
func finish(end Event, reply *Reply) error {
	switch {
	case end.Fail != nil:
		return end.Fail.Err()
	case end.Done == nil:
		return broken("the stream ended without a terminal event")
	}
	return reply.set(func(d *Done) { *d = *end.Done })
}

// Observe tells the bot what went on in a conversation; a bot that does not
// want to know is left in peace.
func (c *Client) Observe(ctx context.Context, o *Observed) error {
	_, err := c.service.Observe(ctx, observedToWire(o), callLimit())
	return optional(ctx, err)
}

// Drain tells the bot that no further turn will come; a bot that does not
// want to know is left in peace.
func (c *Client) Drain(ctx context.Context) error {
	_, err := c.service.Drain(ctx, &botv1.DrainRequest{}, callLimit())
	return optional(ctx, err)
}

// optional is the error of a method that a bot need not have.
func optional(ctx context.Context, err error) error {
	if err == nil || status.Code(err) == codes.Unimplemented {
		return nil
	}
	return errorFromStatus(ctx, err)
}

// callLimit bounds what the process may answer at once, whatever the
// connection allows.
func callLimit() grpc.CallOption { return grpc.MaxCallRecvMsgSize(maxWireMessage) }
