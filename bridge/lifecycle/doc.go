// Package lifecycle holds the rules of a conversation: who holds it, what an
// event changes, and what must be done because of it.
//
// [Step] is a pure function: a conversation and an event give the conversation
// after it and the journal entries that the event leaves. There is no clock
// here, no I/O and no goroutine; time comes in with the event. The rules read
// best as the transcripts in testdata.
package lifecycle
