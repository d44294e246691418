// Package files serves the files of conversations to customers and bots, who
// get at them by signed addresses that expire:
//
//	{public_url}/files/{token}/{name}
//
// The token names a conversation, an entry of its journal and which of the
// entry's files; whoever has the address may have the file, until it expires.
// Nothing is kept about addresses. What comes from outside is never shown as
// a page: a browser shows pictures, sound and film, and saves all else.
package files
