package eightx8

import (
	"context"
	"maps"
	"net/mail"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxProperties is how many properties 8x8 keeps, the marker included.
const maxProperties = 30

// userItem is a user as 8x8 tells of one.
type userItem struct {
	Name       scalar        `json:"name"`
	UserID     scalar        `json:"userId"`
	Email      scalar        `json:"email"`
	Phone      scalar        `json:"phone"`
	Company    scalar        `json:"company"`
	CaseID     scalar        `json:"caseId"`
	Language   scalar        `json:"language"`
	Properties propertyItems `json:"additionalProperties"`
}

// customer that a user is; 8x8's further fields are properties, less the
// marker.
func (u userItem) customer() bot.Customer {
	made := bot.Customer{ID: string(u.UserID), Name: string(u.Name), Email: string(u.Email), Phone: string(u.Phone)}
	items := append(propertyItems{{"company", u.Company}, {"caseId", u.CaseID}}, u.Properties...)
	for _, item := range items {
		if item.Key == "" || item.Key == markerKey || item.Value == "" {
			continue
		}
		if made.Properties == nil {
			made.Properties = map[string]string{}
		}
		made.Properties[string(item.Key)] = string(item.Value)
	}
	return made
}

type propertyItems []propertyItem

type propertyItem struct {
	Key   scalar `json:"key"`
	Value scalar `json:"value"`
}

// get finds a property; empty: there is none.
func (items propertyItems) get(key string) string {
	for _, item := range items {
		if string(item.Key) == key {
			return string(item.Value)
		}
	}
	return ""
}

// user makes the user's data, within 8x8's limits. What does not fit is left
// out with a line in the log: a ticket without it is better than a refusal.
// Of its properties, at most limit, the first one is the marker.
func (c *client) user(ctx context.Context, o bridge.Opening, limit int) userRequest {
	made := userRequest{
		Name:     o.Customer.Name,
		UserID:   o.Customer.ID,
		Email:    address(o.Customer.Email),
		Phone:    o.Customer.Phone,
		Language: language(o.Language),
	}
	log := c.log.With("conversation", string(o.Marker.Conversation))
	if made.Language == "" && o.Language != "" {
		log.InfoContext(ctx, "8x8 does not know the language; the ticket says none", "language", shorten(o.Language, 35))
	}
	if made.Email == "" && o.Customer.Email != "" {
		log.InfoContext(ctx, "the customer's e-mail address is none; the ticket says none")
	}
	made.Properties = []propertyRequest{{Key: markerKey, Value: formatMarker(o.Marker)}}
	properties := slices.Clone(o.Properties)
	for _, name := range slices.Sorted(maps.Keys(o.Customer.Properties)) {
		properties = append(properties, bridge.Property{Name: name, Value: o.Customer.Properties[name]})
	}
	dropped := 0
	for _, p := range properties {
		known := func(one propertyRequest) bool { return one.Key == p.Name }
		switch {
		case p.Name == "", p.Name == markerKey, len(made.Properties) == limit:
			dropped++
		case slices.ContainsFunc(made.Properties, known): // the first one counts
		default:
			made.Properties = append(made.Properties, propertyRequest{Key: p.Name, Value: p.Value})
		}
	}
	if dropped > 0 {
		log.InfoContext(ctx, "properties do not fit into the ticket", "dropped", dropped, "limit", limit-1)
	}
	return made
}

// address is an e-mail address; empty: the text is none.
func address(text string) string {
	if found, err := mail.ParseAddress(text); err != nil || found.Address != text {
		return ""
	}
	return text
}

// languages are those that 8x8 finds agents by (8x8 contract, "Calls").
func languages() []string {
	return []string{
		"en", "ru", "de", "ja", "es", "fr", "pt", "it", "pl", "hr", "nl",
		"ar", "da", "ko", "no", "sv", "vi", "cy", "th", "zh-CN", "zh-TW",
	}
}

// language is 8x8's word for a BCP 47 tag; empty: it has none.
func language(tag string) string {
	parts := strings.Split(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	switch parts[0] {
	case "zh":
		for _, part := range parts[1:] {
			if slices.Contains([]string{"hant", "tw", "hk", "mo"}, part) {
				return "zh-TW"
			}
		}
		return "zh-CN"
	case "nb", "nn":
		return "no"
	}
	if slices.Contains(languages(), parts[0]) {
		return parts[0]
	}
	return ""
}
