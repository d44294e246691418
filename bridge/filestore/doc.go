// Package filestore keeps the files of conversations in a folder of one host:
// it is [bridge.Attachments] for those.
//
// A conversation has a folder of its own, named by a hash, and in it each file
// under the hash of its id: nothing that comes from outside becomes part of a
// path. A file is written aside, flushed, and put in its place in one step, so
// that it is there whole or not at all.
package filestore
