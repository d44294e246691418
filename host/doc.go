// Package host puts Patchbay together and runs it: the engine with its store,
// the bots' supervisor, the desks, the customers' line and files, and the
// operator's side, as a configuration says.
package host
