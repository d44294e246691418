// Package faultpoint names the steps at which a host can be made to die, so
// that what happens then is known and not guessed: [Hit] stands at each of them
// in the engine, and kills the process if it is armed to die there.
//
// It is for test builds alone. Without the build tag faultpoints Hit is empty:
// the compiler leaves out the call and the name, and nothing of the kind is in
// a program that ships. `make crash` (host/crash) builds with the tag.
package faultpoint
