package bot_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/patchbay-host/patchbay/plugins/bot"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// rawBot is the connection to a bot that streams bytes: messages behind their
// lengths, and then the status that the first byte of the rest names.
type rawBot struct {
	grpc.ClientConnInterface
	bytes []byte
}

func (b rawBot) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return &rawStream{rest: b.bytes}, nil
}

type rawStream struct {
	grpc.ClientStream
	rest []byte
}

func (*rawStream) SendMsg(any) error            { return nil }
func (*rawStream) CloseSend() error             { return nil }
func (*rawStream) Header() (metadata.MD, error) { return nil, nil }
func (*rawStream) Trailer() metadata.MD         { return nil }
func (*rawStream) Context() context.Context     { return context.Background() }

func (s *rawStream) RecvMsg(into any) error {
	if len(s.rest) == 0 {
		return io.EOF
	}
	length, n := binary.Uvarint(s.rest)
	if n <= 0 || length > uint64(len(s.rest)-n) {
		code := codes.Code(s.rest[0] % 17)
		s.rest = nil
		return status.Error(code, "the bot says so")
	}
	raw := s.rest[n:][:length]
	s.rest = s.rest[n:][length:]
	if err := proto.Unmarshal(raw, into.(proto.Message)); err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return nil
}

func streamed(events ...*botv1.TurnResponse) []byte {
	var all []byte
	for _, event := range events {
		raw, err := proto.Marshal(event)
		if err != nil {
			panic(err)
		}
		all = append(binary.AppendUvarint(all, uint64(len(raw))), raw...)
	}
	return all
}

// FuzzTurnStream: whatever a bot's process streams, the host sees numbered
// events within the limits of the contract, of which the last alone is terminal.
func FuzzTurnStream(f *testing.F) {
	typing := &botv1.TurnResponse{Seq: 2, Event: &botv1.TurnResponse_Typing{Typing: &botv1.Typing{}}}
	handoff := &botv1.Done{State: []byte{0}, Properties: map[string]string{"a": "b"}, Next: &botv1.Done_Handoff{Handoff: &botv1.Handoff{Target: "x", Reason: "y"}}}
	for _, seed := range [][]byte{
		nil, {255}, {16},
		streamed(done(1)), streamed(fail(1)), streamed(say(1, "hi"), typing, done(3)), streamed(say(1, "hi"), doneWith(2, handoff)),
		streamed(say(2, "out of order"), done(1)), streamed(done(1), done(2)), streamed(fail(1), say(2, "late")),
		streamed(invalidText(1), done(2)), append(streamed(say(1, "and then it breaks off")), 14),
		streamed(numbered(52, func(seq uint32) *botv1.TurnResponse { return say(seq, "too much") })...),
		streamed(send(1, &botv1.Message{
			Cards:        []*botv1.Card{{ContentType: "x", ContentJson: `{"a":1}`}, {ContentType: "x", ContentJson: `{`}},
			QuickReplies: []*botv1.QuickReply{{Title: "x"}}, Attachments: []*botv1.Attachment{{Url: "file:///etc/passwd"}, {Data: []byte("x")}},
		}), done(2)),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var all []bot.Event
		err := bot.Run(t.Context(), bot.NewClient(rawBot{bytes: raw}), &bot.Turn{ID: "t"}, func(e bot.Event) error {
			all = append(all, e)
			return nil
		})
		if err != nil || len(all) == 0 || len(all) > 1001 {
			t.Fatalf("%d events, %v", len(all), err)
		}
		messages := 0
		for i, e := range all {
			if e.Seq != i+1 || e.Terminal() != (i == len(all)-1) {
				t.Fatalf("event %d of %d: %+v", i+1, len(all), e)
			}
			if e.Message != nil {
				messages++
			}
			if err := within(e); err != nil {
				t.Fatalf("event %d: %v: %+v", i+1, err, e)
			}
		}
		if messages > 50 {
			t.Fatalf("%d messages", messages)
		}
	})
}

// within checks an event against the limits of the contract.
func within(e bot.Event) error {
	switch {
	case e.Message != nil:
		return e.Message.Check()
	case e.Typing != nil && (e.Typing.For < 0 || e.Typing.For > 10*time.Minute):
		return errors.New("types for too long")
	case e.Fail != nil && (len(e.Fail.Reason) > 1<<10 || !utf8.ValidString(e.Fail.Reason) || e.Fail.RetryAfter < 0):
		return errors.New("fails with too many words")
	case e.Done != nil && (len(e.Done.State) > 64<<10 || len(e.Done.Properties) > 30 || len(e.Done.Timers) > 10 || e.Done.Handoff != nil && e.Done.End != nil):
		return errors.New("ends with too much")
	}
	return nil
}
