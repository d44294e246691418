package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// badServer streams what it holds and ends with err, whatever is asked.
type badServer struct {
	botv1.UnimplementedBotServiceServer
	stream []*botv1.TurnResponse
	err    error
}

func (s badServer) Turn(_ *botv1.TurnRequest, stream grpc.ServerStreamingServer[botv1.TurnResponse]) error {
	for _, event := range s.stream {
		if err := stream.Send(event); err != nil {
			return err
		}
	}
	return s.err
}

func (s badServer) Describe(_ context.Context, _ *botv1.DescribeRequest) (*botv1.DescribeResponse, error) {
	return &botv1.DescribeResponse{Name: strings.Repeat("n", 65)}, nil
}

func say(seq uint32, text string) *botv1.TurnResponse { return send(seq, &botv1.Message{Text: text}) }

func send(seq uint32, m *botv1.Message) *botv1.TurnResponse {
	return &botv1.TurnResponse{Seq: seq, Event: &botv1.TurnResponse_Message{Message: m}}
}

func done(seq uint32) *botv1.TurnResponse { return doneWith(seq, &botv1.Done{}) }

func doneWith(seq uint32, d *botv1.Done) *botv1.TurnResponse {
	return &botv1.TurnResponse{Seq: seq, Event: &botv1.TurnResponse_Done{Done: d}}
}

func fail(seq uint32) *botv1.TurnResponse {
	return &botv1.TurnResponse{Seq: seq, Event: &botv1.TurnResponse_Fail{Fail: &botv1.Fail{Reason: "no"}}}
}

func numbered(n int, event func(uint32) *botv1.TurnResponse) []*botv1.TurnResponse {
	var all []*botv1.TurnResponse
	for i := range n {
		all = append(all, event(uint32(i+1)))
	}
	return all
}

// invalidText is a message whose text is not UTF-8, as a careless library
// would put it on the wire: behind a field that nobody knows it stays as it is.
func invalidText(seq uint32) *botv1.TurnResponse {
	text := protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), "\xff\xfe")
	event := &botv1.TurnResponse{Seq: seq}
	event.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), text))
	return event
}

func TestBadStreams(t *testing.T) {
	for name, c := range map[string]struct {
		stream []*botv1.TurnResponse
		says   int // messages that come through first
		want   string
	}{
		"nothing at all":      {nil, 0, "without a terminal event"},
		"no terminal event":   {[]*botv1.TurnResponse{say(1, "a")}, 1, "without a terminal event"},
		"two terminal events": {[]*botv1.TurnResponse{done(1), done(2)}, 0, "event 2 is a second terminal event"},
		"done and fail":       {[]*botv1.TurnResponse{done(1), fail(2)}, 0, "event 2 is a second terminal event"},
		"event after done":    {[]*botv1.TurnResponse{say(1, "a"), done(2), say(3, "b")}, 1, "event 3 comes after the terminal event"},
		"gap":                 {[]*botv1.TurnResponse{say(1, "a"), say(3, "b"), done(4)}, 1, "event 2 has the number 3"},
		"begins with 0":       {[]*botv1.TurnResponse{say(0, "a"), done(1)}, 0, "event 1 has the number 0"},
		"repeated number":     {[]*botv1.TurnResponse{say(1, "a"), say(1, "a"), done(2)}, 1, "event 2 has the number 1"},
		"51 messages":         {append(numbered(51, func(n uint32) *botv1.TurnResponse { return say(n, "a") }), done(52)), 50, "more than 50 messages"},
		"endless typing": {numbered(1001, func(n uint32) *botv1.TurnResponse {
			return &botv1.TurnResponse{Seq: n, Event: &botv1.TurnResponse_Typing{Typing: &botv1.Typing{}}}
		}), 0, "more than 1000 events"},
		"typing for a day":        {[]*botv1.TurnResponse{{Seq: 1, Event: &botv1.TurnResponse_Typing{Typing: &botv1.Typing{Duration: durationpb.New(24 * time.Hour)}}}}, 0, "typing lasts 24h0m0s"},
		"empty message":           {[]*botv1.TurnResponse{say(1, ""), done(2)}, 0, "says nothing"},
		"long text":               {[]*botv1.TurnResponse{say(1, strings.Repeat("a", 16<<10+1)), done(2)}, 0, "text has 16385 bytes, at most 16384"},
		"NUL":                     {[]*botv1.TurnResponse{say(1, "a\x00"), done(2)}, 0, "contains a NUL"},
		"5 MiB":                   {[]*botv1.TurnResponse{say(1, strings.Repeat("a", 5<<20)), done(2)}, 0, "ResourceExhausted"},
		"invalid UTF-8":           {[]*botv1.TurnResponse{invalidText(1), done(2)}, 0, "UTF-8"},
		"card that is too deep":   {[]*botv1.TurnResponse{send(1, &botv1.Message{Cards: []*botv1.Card{{ContentType: "x", ContentJson: strings.Repeat("[", 101) + strings.Repeat("]", 101)}}})}, 0, "card 1 is nested more than 100 deep"},
		"card that is deep":       {[]*botv1.TurnResponse{send(1, &botv1.Message{Cards: []*botv1.Card{{ContentType: "x", ContentJson: `["\\\"[",` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + "]"}}})}, 1, "without a terminal event"},
		"card that is not JSON":   {[]*botv1.TurnResponse{send(1, &botv1.Message{Cards: []*botv1.Card{{ContentType: "x", ContentJson: "{"}}})}, 0, "card 1 is not JSON"},
		"14 quick replies":        {[]*botv1.TurnResponse{send(1, &botv1.Message{QuickReplies: make([]*botv1.QuickReply, 14)})}, 0, "quick replies are 14, at most 13"},
		"attachment of two kinds": {[]*botv1.TurnResponse{send(1, &botv1.Message{Attachments: []*botv1.Attachment{{Url: "https://a.example", Data: []byte("b")}}})}, 0, "either a url or data"},
		"script as url":           {[]*botv1.TurnResponse{send(1, &botv1.Message{Attachments: []*botv1.Attachment{{Url: "javascript:alert(1)"}}})}, 0, "http or https"},
		"big attachments": {[]*botv1.TurnResponse{send(1, &botv1.Message{Attachments: []*botv1.Attachment{
			{Data: make([]byte, 1<<20)}, {Data: make([]byte, 1<<20)}, {Data: make([]byte, 1<<20)}, {Data: []byte("1")}}})}, 0, "message has 3145729 bytes"},
		"big state":        {[]*botv1.TurnResponse{doneWith(1, &botv1.Done{State: make([]byte, 64<<10+1)})}, 0, "state has 65537 bytes"},
		"long reason":      {[]*botv1.TurnResponse{doneWith(1, &botv1.Done{Next: &botv1.Done_Handoff{Handoff: &botv1.Handoff{Reason: strings.Repeat("a", 1025)}}})}, 0, "handoff: reason has 1025 bytes"},
		"nameless timer":   {[]*botv1.TurnResponse{doneWith(1, &botv1.Done{Timers: []*botv1.Timer{{}}})}, 0, "timer 1: name is empty"},
		"timer for a year": {[]*botv1.TurnResponse{doneWith(1, &botv1.Done{Timers: []*botv1.Timer{{Name: "a", After: durationpb.New(365 * 24 * time.Hour)}}})}, 0, "timer 1 lasts"},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, func(s *grpc.Server) { botv1.RegisterBotServiceServer(s, badServer{stream: c.stream}) })
			got := events(t, t.Context(), client, &bot.Turn{ID: "t"})
			last := got[len(got)-1]
			if last.Fail == nil || !strings.Contains(last.Fail.Reason, c.want) {
				t.Fatalf("ended with %+v, want a failure saying %q", last, c.want)
			}
			if !last.Fail.Retryable {
				t.Errorf("a broken contract is worth one more attempt")
			}
			says := 0
			for _, e := range got {
				if e.Message != nil {
					says++
				}
			}
			if says != c.says {
				t.Errorf("%d messages came through, want %d", says, c.says)
			}
		})
	}
}

func TestUnknownEventIsPassedOver(t *testing.T) {
	newer := &botv1.TurnResponse{Seq: 1}
	newer.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 99, protowire.BytesType), []byte("new")))
	client := dial(t, func(s *grpc.Server) {
		botv1.RegisterBotServiceServer(s, badServer{stream: []*botv1.TurnResponse{newer, say(2, "a"), done(3)}})
	})
	got := events(t, t.Context(), client, &bot.Turn{ID: "t"})
	if len(got) != 2 || got[0].Message == nil || got[1].Done == nil {
		t.Errorf("events = %+v, want a message and done", got)
	}
}

func TestStatusOfOtherLanguages(t *testing.T) {
	with := func(code codes.Code, details ...protoadapt.MessageV1) error {
		s, err := status.New(code, "order system").WithDetails(details...)
		if err != nil {
			t.Fatal(err)
		}
		return s.Err()
	}
	for name, c := range map[string]struct {
		err  error
		want bot.Fail
	}{
		"unknown":             {with(codes.Unknown), bot.Fail{Reason: "the bot answered Unknown: order system", Retryable: true}},
		"unavailable":         {with(codes.Unavailable), bot.Fail{Reason: "the bot answered Unavailable: order system", Retryable: true}},
		"deadline":            {with(codes.DeadlineExceeded), bot.Fail{Reason: "the bot answered DeadlineExceeded: order system", Retryable: true}},
		"invalid argument":    {with(codes.InvalidArgument), bot.Fail{Reason: "the bot answered InvalidArgument: order system"}},
		"failed precondition": {with(codes.FailedPrecondition), bot.Fail{Reason: "the bot answered FailedPrecondition: order system"}},
		"unimplemented":       {with(codes.Unimplemented), bot.Fail{Reason: "the bot answered Unimplemented: order system"}},
		"retry info": {with(codes.ResourceExhausted, &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Minute)}),
			bot.Fail{Reason: "the bot answered ResourceExhausted: order system", Retryable: true, RetryAfter: time.Minute}},
		"error info": {with(codes.Internal, &errdetails.ErrorInfo{Reason: "CLOSED", Metadata: map[string]string{"retryable": "false"}}),
			bot.Fail{Reason: "the bot answered Internal (CLOSED): order system"}},
		"error info without a word about retrying": {with(codes.NotFound, &errdetails.ErrorInfo{Reason: "GONE"}),
			bot.Fail{Reason: "the bot answered NotFound (GONE): order system"}},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, func(s *grpc.Server) { botv1.RegisterBotServiceServer(s, badServer{err: c.err}) })
			got := events(t, t.Context(), client, &bot.Turn{ID: "t"})
			if len(got) != 1 || got[0].Fail == nil || *got[0].Fail != c.want {
				t.Errorf("events = %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestDoneWithBadStatusIsAFailure(t *testing.T) {
	client := dial(t, func(s *grpc.Server) {
		botv1.RegisterBotServiceServer(s, badServer{stream: []*botv1.TurnResponse{done(1)}, err: status.Error(codes.Internal, "late")})
	})
	if got := events(t, t.Context(), client, &bot.Turn{}); got[0].Fail == nil {
		t.Errorf("events = %+v, want a failure", got)
	}
}

func TestDescribeIsChecked(t *testing.T) {
	client := dial(t, func(s *grpc.Server) { botv1.RegisterBotServiceServer(s, badServer{}) })
	_, err := client.Describe(t.Context(), "1.0")
	if _, ok := errors.AsType[*bot.ContractError](err); !ok {
		t.Errorf("err = %v, want a ContractError", err)
	}
}
