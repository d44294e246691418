package eightx8

import (
	"errors"
	"hash/crc32"
	"net/http"
	"strconv"
	"time"
)

// The headers of a webhook.
const (
	headerTenant    = "X-8x8-Tenant-Id"
	headerCustomer  = "X-8x8-Customer-Id"
	headerEvent     = "X-8x8-Event-Id"
	headerSent      = "X-8x8-Transmission-Time"
	headerRetry     = "X-8x8-Retry"
	headerSignature = "X-8x8-Signature"
)

// maxHeader bounds a header other than the signature, in bytes.
const maxHeader = 128

// envelope is a webhook's headers, as they were.
type envelope struct {
	tenant, customer, event, retry, sent string
	// at is sent as a time.
	at time.Time
}

// readEnvelope reads the headers. Each must be there once, and be of
// characters that stand for themselves in JSON, since the payload is made of
// them as they are.
func readEnvelope(header http.Header) (envelope, error) {
	var e envelope
	for _, one := range []struct {
		name  string
		value *string
	}{
		{headerTenant, &e.tenant},
		{headerCustomer, &e.customer},
		{headerEvent, &e.event},
		{headerRetry, &e.retry},
		{headerSent, &e.sent},
	} {
		values := header[one.name]
		if len(values) != 1 || !plain(values[0]) {
			return envelope{}, errors.New(one.name + ": not there once in plain characters")
		}
		*one.value = values[0]
	}
	if !decimal(e.retry) || !decimal(e.sent) {
		return envelope{}, errors.New("retry or transmission time: no plain decimal integer")
	}
	millis, err := strconv.ParseInt(e.sent, 10, 64)
	if err != nil {
		return envelope{}, errors.New("transmission time: out of range")
	}
	e.at = time.UnixMilli(millis).UTC()
	return e, nil
}

// plain reports whether a text is short and stands for itself in JSON however
// it is escaped: visible ASCII less the characters that some escape.
func plain(text string) bool {
	if text == "" || len(text) > maxHeader {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c <= ' ', c >= 0x7f, c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// decimal reports whether a text is a whole number of up to 15 digits as JSON
// writes it: no sign, no leading zero.
func decimal(text string) bool {
	if text == "" || len(text) > 15 || text[0] == '0' && text != "0" {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// payload is what 8x8 signs of a webhook: the headers, and the body by its
// CRC-32 (8x8 contract, "Signatures").
func (e envelope) payload(body []byte) []byte {
	out := make([]byte, 0, 512)
	out = append(out, `{"checksum":`...)
	out = strconv.AppendUint(out, uint64(crc32.ChecksumIEEE(body)), 10)
	out = append(out, `,"cid":"`...)
	out = append(out, e.customer...)
	out = append(out, `","eid":"`...)
	out = append(out, e.event...)
	out = append(out, `","retry":`...)
	out = append(out, e.retry...)
	out = append(out, `,"tid":"`...)
	out = append(out, e.tenant...)
	out = append(out, `","tt":`...)
	out = append(out, e.sent...)
	return append(out, '}')
}
