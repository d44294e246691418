// Package config reads patchbay.yaml.
//
// [Load] reports every problem at once, each with the line and the key it is
// about:
//
//	patchbay.yaml:23: channels.web.bot: no bot named "fqa" (did you mean "faq"?)
//
// The types are the reference: a field's tags name its key in the file, its
// default and its bounds, and [Schema] is made from the same tags. What every
// key means is told by example in reference.yaml. The result is plain data:
// durations, hours and addresses are parsed, secrets are read, paths are
// absolute. The package imports no other of ours.
//
// Tags of a field:
//
//	key      its key in the file; ",required" if it may not be left out
//	default  what holds when it is left out, as it would be written
//	oneof    the words it may be, separated by spaces
//	min, max the bounds of a duration
package config
