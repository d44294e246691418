// Package redact takes out of texts what is not to be read everywhere: numbers
// of cards, addresses of mail, numbers of phones, what an operator's own
// expressions match, and secrets. One [Redactor] does it for logs, recordings
// and, if asked to, for the history that agents are shown.
package redact
