package directline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// isData reports whether an address is a file itself (RFC 2397).
func isData(address string) bool {
	return len(address) > len("data:") && strings.EqualFold(address[:len("data:")], "data:")
}

// decodeData reads the file in an address. Its type is what its content is.
func decodeData(a attachment) (bot.Attachment, bool) {
	about, body, ok := strings.Cut(a.ContentURL[len("data:"):], ",")
	if !ok {
		return bot.Attachment{}, false
	}
	body, err := url.PathUnescape(body)
	if err != nil {
		return bot.Attachment{}, false
	}
	data := []byte(body)
	if strings.HasSuffix(strings.ToLower(strings.TrimSpace(about)), ";base64") {
		if data, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(body, "=")); err != nil {
			return bot.Attachment{}, false
		}
	}
	if len(data) == 0 {
		return bot.Attachment{}, false
	}
	kind := mimetype.Detect(data)
	return bot.Attachment{Name: fileName(a.Name, kind.Extension()), ContentType: kind.String(), Data: data}, true
}

// keepData keeps the files that came inside a message, as uploads are kept.
func (s *Server) keepData(ctx context.Context, ev lifecycle.Event) error {
	for i, file := range ev.Message.Attachments {
		if len(file.Data) == 0 {
			continue
		}
		id := fileID(ev.ID, i, sha256.Sum256(file.Data))
		kept, err := s.engine.Keep(ctx, ev.Conversation, id, file, bytes.NewReader(file.Data))
		if err != nil {
			return err
		}
		ev.Message.Attachments[i] = kept
	}
	return nil
}
