package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// getPublicKey answers the key that signs webhooks, which kid must name.
func (s *Simulator) getPublicKey(r *request) (answer, error) {
	if kid := r.param("kid"); kid != s.signer.kid {
		return answer{}, missing{kind: "Jwk", id: kid}
	}
	a := answer{status: http.StatusOK, contentType: jsonType, body: s.signer.public()}
	if s.opt.Quirks.StringJWK {
		text, err := json.Marshal(a.body)
		if err != nil {
			return answer{}, fmt.Errorf("encode public key: %w", err)
		}
		a.body = string(text)
	}
	return a, nil
}
