package bot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
)

// fillWire sets every field of m but those of oneofs, differing from field to
// field.
func fillWire(m protoreflect.Message, n *int) {
	for i := range m.Descriptor().Fields().Len() {
		field := m.Descriptor().Fields().Get(i)
		if oneof := field.ContainingOneof(); oneof == nil || oneof.IsSynthetic() {
			fillField(m, field, n)
		}
	}
}

func fillField(m protoreflect.Message, field protoreflect.FieldDescriptor, n *int) {
	switch {
	case field.IsMap():
		m.Mutable(field).Map().Set(protoreflect.ValueOfString(fmt.Sprint("k", *n)).MapKey(), protoreflect.ValueOfString(fmt.Sprint("v", *n)))
	case field.IsList():
		list := m.Mutable(field).List()
		for range 2 {
			if field.Message() != nil {
				fillWire(list.AppendMutable().Message(), n)
			} else {
				list.Append(wireValue(field, n))
			}
		}
	case field.Message() != nil:
		fillWire(m.Mutable(field).Message(), n)
	default:
		m.Set(field, wireValue(field, n))
	}
}

func wireValue(field protoreflect.FieldDescriptor, n *int) protoreflect.Value {
	*n++
	switch field.Kind() {
	case protoreflect.EnumKind:
		values := field.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(1 + *n%(values.Len()-1)).Number())
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(fmt.Sprint("text ", *n))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte{byte(*n)})
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(int32(*n))
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(uint32(*n))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(int64(*n))
	}
	panic(field.Kind())
}

// fullWire checks a T in which nothing is left out, with each field of its
// oneofs, and of those of what it holds, after the other.
func fullWire[T proto.Message](t *testing.T, check func(*testing.T, T)) {
	var empty T
	var fill func(path string, top T, m protoreflect.Message)
	fill = func(path string, top T, m protoreflect.Message) {
		for i := range m.Descriptor().Oneofs().Len() {
			oneof := m.Descriptor().Oneofs().Get(i)
			for j := range oneof.Fields().Len() {
				field, n := oneof.Fields().Get(j), i*100
				if oneof.IsSynthetic() {
					continue
				}
				fillField(m, field, &n)
				path := path + "." + string(field.Name())
				t.Run(path, func(t *testing.T) { check(t, top) })
				if field.Message() != nil && !field.IsList() {
					fill(path, top, m.Get(field).Message())
				}
			}
		}
	}
	top, n := empty.ProtoReflect().New(), 0
	fillWire(top, &n)
	name := string(top.Descriptor().Name())
	t.Run(name, func(t *testing.T) { check(t, top.Interface().(T)) })
	fill(name, top.Interface().(T), top)
	for i := range top.Descriptor().Fields().Len() { // and within lists
		if field := top.Descriptor().Fields().Get(i); field.IsList() && field.Message() != nil {
			fill(name+"."+string(field.Name()), top.Interface().(T), top.Get(field).List().Get(0).Message())
		}
	}
}

// TestContractIsUnderstoodWhole goes the other way round than the tests of
// wire_test.go: it begins with the contract, so that a field which is added
// there, and which nobody converts, shows.
func TestContractIsUnderstoodWhole(t *testing.T) {
	kept := func(t *testing.T, want, got proto.Message) {
		t.Helper()
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("not understood (-the wire +what is left of it):\n%s", diff)
		}
	}
	fullWire(t, func(t *testing.T, w *botv1.TurnRequest) { kept(t, w, turnToWire(turnFromWire(w))) })
	fullWire(t, func(t *testing.T, w *botv1.TurnResponse) { kept(t, w, eventToWire(eventFromWire(w))) })
	fullWire(t, func(t *testing.T, w *botv1.ObserveRequest) { kept(t, w, observedToWire(observedFromWire(w))) })
	fullWire(t, func(t *testing.T, w *botv1.DescribeResponse) { kept(t, w, descriptionToWire(descriptionFromWire(w))) })
	fullWire(t, func(t *testing.T, w *botv1.ConfigureResponse) {
		kept(t, w, settingErrorsToWire(settingErrorsFromWire(w)))
	})
}

func TestEveryWordOfTheContractHasAName(t *testing.T) {
	words(t, "ACTION_KIND_", botv1.ActionKind_value, ActionQuickReply, ActionCard)
	words(t, "AGENT_SESSION_END_", botv1.AgentSessionEnd_value, EndAgentLeft, EndCustomerLeft, EndClosed)
	words(t, "HANDOFF_RESULT_", botv1.HandoffResult_value, HandoffRefused, HandoffFailed, HandoffCancelled, HandoffWithdrawn)
	words(t, "DELIVERY_RESULT_", botv1.DeliveryResult_value, DeliveryDegraded, DeliveryRefused, DeliveryUndeliverable)
	words(t, "AUTHOR_", botv1.Author_value, AuthorCustomer, AuthorBot, AuthorAgent, AuthorSystem)
}

// words checks that each value of an enum is one of named, and each of these a
// value.
func words[T ~string](t *testing.T, prefix string, values map[string]int32, named ...T) {
	t.Helper()
	got := map[string]int32{prefix + "UNSPECIFIED": 0}
	for _, word := range named {
		got[prefix+strings.ToUpper(string(word))] = enumToWire(word, prefix, values)
	}
	if diff := cmp.Diff(values, got); diff != "" {
		t.Errorf("not named (-the contract +the package):\n%s", diff)
	}
}
