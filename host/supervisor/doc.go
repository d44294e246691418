// Package supervisor runs bots as processes of their own: it starts them,
// watches them, starts them again when they fall over, and stops them.
//
// A [Supervisor] is made of the configured bots by [New] and works in
// [Supervisor.Run]. Whoever wants to talk to a bot asks [Supervisor.Bot] once
// and keeps the answer: it is a bot that outlives the processes behind it.
// [Check] starts a bot once, to see whether it would work.
//
// Inside, a keeper holds one bot up. Each start of it is a generation: a
// process with a directory, a certificate and a connection of its own, of
// which nothing is used again. A generation is ready once it has passed the
// handshake, a health check, Describe and Configure.
//
// A bot is not trusted. It sees little of the host's environment, speaks over
// a unix socket in its own directory only, and whatever it prints, answers or
// leaves undone is bounded in size, rate and time. The README lists the traps
// that are avoided, and the tests that show it.
//
// This package and plugins/bot are the only ones that know go-plugin; none of
// its types is seen outside.
package supervisor
