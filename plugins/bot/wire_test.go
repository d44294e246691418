package bot

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/protobuf/proto"
)

// fill sets every exported field below v to something that is not zero and
// differs from field to field, so that a forgotten or swapped one shows.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(int64(1_700_000_000+*n), 5000).UTC()))
		return
	case json.RawMessage:
		v.Set(reflect.ValueOf(json.RawMessage(fmt.Sprintf(`{"n":%d}`, *n))))
		return
	case ActionKind:
		v.SetString(string(ActionCard))
		return
	case AgentSessionEnd:
		v.SetString(string(EndClosed))
		return
	case HandoffResult:
		v.SetString(string(HandoffCancelled))
		return
	case DeliveryResult:
		v.SetString(string(DeliveryUndeliverable))
		return
	case Author:
		v.SetString(string(AuthorAgent))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{fmt.Sprint("k", *n): fmt.Sprint("v", *n)}))
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint32, reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	default:
		panic(v.Kind())
	}
}

// filled is a T with nothing left out.
func filled[T any]() T {
	var value T
	n := 0
	fill(reflect.ValueOf(&value).Elem(), &n)
	return value
}

// over sends w through the wire's bytes.
func over[T proto.Message](t testing.TB, w T) T {
	t.Helper()
	raw, err := proto.Marshal(w)
	if err != nil {
		t.Fatalf("marshal: %v", err)
	}
	back := w.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(raw, back); err != nil {
		t.Fatalf("unmarshal: %v", err)
	}
	return back.(T)
}

func same(t testing.TB, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("changed on the wire (-sent +came):\n%s", diff)
	}
}

func TestTurnKeepsEveryFieldOnTheWire(t *testing.T) {
	full := filled[Turn]()
	happened := map[string]func(*Turn){
		"nothing known":    func(*Turn) {},
		"started":          func(t *Turn) { t.Started = true },
		"messages":         func(t *Turn) { t.Messages = full.Messages },
		"returned":         func(t *Turn) { t.Messages, t.Returned = full.Messages, true },
		"action":           func(t *Turn) { t.Action = full.Action },
		"agent session":    func(t *Turn) { t.AgentSessionEnded = full.AgentSessionEnded },
		"handoff outcome":  func(t *Turn) { t.HandoffOutcome = full.HandoffOutcome },
		"customer left":    func(t *Turn) { t.CustomerLeft = true },
		"timer due":        func(t *Turn) { t.TimerDue = full.TimerDue },
		"other quick end":  func(t *Turn) { t.AgentSessionEnded = &AgentSession{End: EndAgentLeft} },
		"customer's leave": func(t *Turn) { t.AgentSessionEnded = &AgentSession{End: EndCustomerLeft} },
		"refused":          func(t *Turn) { t.HandoffOutcome = &HandoffOutcome{Result: HandoffRefused} },
		"failed":           func(t *Turn) { t.HandoffOutcome = &HandoffOutcome{Result: HandoffFailed} },
		"quick reply":      func(t *Turn) { t.Action = &Action{Kind: ActionQuickReply, Title: "Yes", Value: "y"} },
	}
	for name, set := range happened {
		t.Run(name, func(t *testing.T) {
			turn := full
			turn.Started, turn.Messages, turn.Returned, turn.Action = false, nil, false, nil
			turn.AgentSessionEnded, turn.HandoffOutcome, turn.CustomerLeft, turn.TimerDue = nil, nil, false, ""
			set(&turn)
			same(t, &turn, turnFromWire(over(t, turnToWire(&turn))))
		})
	}
}

func TestEventKeepsEveryFieldOnTheWire(t *testing.T) {
	full := filled[Event]()
	full.Done.StateSchema = 0 // the host's, not the wire's
	handoff, end, stays := *full.Done, *full.Done, *full.Done
	handoff.End, end.Handoff = nil, nil
	stays.Handoff, stays.End, stays.State = nil, nil, nil
	for name, event := range map[string]Event{
		"message": {Seq: 1, Message: full.Message},
		"typing":  {Seq: 2, Typing: full.Typing},
		"handoff": {Seq: 3, Done: &handoff},
		"end":     {Seq: 4, Done: &end},
		"stays":   {Seq: 5, Done: &stays},
		"fail":    {Seq: 6, Fail: full.Fail},
	} {
		t.Run(name, func(t *testing.T) { same(t, event, eventFromWire(over(t, eventToWire(event)))) })
	}
}

func TestEmptyStateIsNotAbsentState(t *testing.T) {
	for _, state := range [][]byte{nil, {}, {0}} {
		got := doneFromWire(over(t, doneToWire(&Done{State: state}))).State
		if (got == nil) != (state == nil) || string(got) != string(state) {
			t.Errorf("state %#v came as %#v", state, got)
		}
	}
}

func TestTheRestKeepsEveryFieldOnTheWire(t *testing.T) {
	description := filled[Description]()
	same(t, description, descriptionFromWire(over(t, descriptionToWire(description))))
	wrong := filled[SettingErrors]()
	same(t, wrong, settingErrorsFromWire(over(t, settingErrorsToWire(wrong))))
	full := filled[Observation]()
	for _, o := range []Observation{
		{Number: 1, At: full.At, Queued: full.Queued},
		{Number: 2, At: full.At, AgentJoined: full.AgentJoined},
		{Number: 3, At: full.At, AgentLeft: full.AgentLeft},
		{Number: 4, At: full.At, Said: full.Said},
		{Number: 5, At: full.At, Transferred: true},
		{Number: 6},
	} {
		observed := &Observed{Conversation: "c", Channel: "web", Observations: []Observation{o}}
		same(t, observed, observedFromWire(over(t, observedToWire(observed))))
	}
}

// FuzzWire takes any bytes that are a message of the contract and checks that
// what Patchbay understands of them survives another trip.
func FuzzWire(f *testing.F) {
	turn, event := filled[Turn](), filled[Event]()
	for _, w := range []proto.Message{
		turnToWire(&turn), turnToWire(&Turn{ID: "t", Action: turn.Action}), turnToWire(&Turn{AgentSessionEnded: turn.AgentSessionEnded}),
		eventToWire(event), eventToWire(Event{Done: event.Done}), eventToWire(Event{Fail: event.Fail}),
		observedToWire(&Observed{Observations: filled[[]Observation]()}),
		&botv1.TurnRequest{Happened: &botv1.TurnRequest_Returned{Returned: &botv1.Returned{}}},
	} {
		raw, err := proto.Marshal(w)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var request botv1.TurnRequest
		if proto.Unmarshal(raw, &request) == nil {
			turn := turnFromWire(&request)
			same(t, turn, turnFromWire(over(t, turnToWire(turn))))
		}
		var response botv1.TurnResponse
		if proto.Unmarshal(raw, &response) == nil {
			event := eventFromWire(&response)
			same(t, event, eventFromWire(over(t, eventToWire(event))))
		}
		var observe botv1.ObserveRequest
		if proto.Unmarshal(raw, &observe) == nil {
			observed := observedFromWire(&observe)
			same(t, observed, observedFromWire(over(t, observedToWire(observed))))
		}
	})
}
