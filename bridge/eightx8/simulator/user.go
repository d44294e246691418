package simulator

import (
	"fmt"
	"net/mail"
	"slices"
)

const (
	defaultLanguage = "en"
	maxProperties   = 30
)

// userData is what an agent sees about the customer.
type userData struct {
	Name                 string     `json:"name,omitempty"`
	UserID               string     `json:"userId,omitempty"`
	Email                string     `json:"email,omitempty"`
	Phone                string     `json:"phone,omitempty"`
	Company              string     `json:"company,omitempty"`
	CaseID               string     `json:"caseId,omitempty"`
	Language             string     `json:"language,omitempty"`
	AdditionalProperties []property `json:"additionalProperties,omitempty"`
}

type property struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// check notes what the schema does not allow in the user's data.
func (u *userData) check(v *violations) {
	if u.Email != "" {
		if address, err := mail.ParseAddress(u.Email); err != nil || address.Address != u.Email {
			v.add("user.email", u.Email, "invalid_email", "Email %s is invalid.", u.Email)
		}
	}
	if u.Language != "" && !slices.Contains(languages(), u.Language) {
		v.add("user.language", u.Language, "invalid_language", "Language %s is not supported.", u.Language)
	}
	if n := len(u.AdditionalProperties); n > maxProperties {
		v.add("user.additionalProperties", fmt.Sprint(n), "too_many_properties",
			"%d additional properties were given, at most %d are allowed.", n, maxProperties)
	}
	for i, p := range u.AdditionalProperties {
		if p.Key == "" {
			v.add(fmt.Sprintf("user.additionalProperties[%d].key", i), "", "required", "An additional property needs a key.")
		}
	}
}

// copy shares nothing with u.
func (u userData) copy() userData {
	u.AdditionalProperties = slices.Clone(u.AdditionalProperties)
	return u
}

// language is the user's, or the default where none was given.
func (u *userData) language() string {
	if u.Language == "" {
		return defaultLanguage
	}
	return u.Language
}

func languages() []string {
	return []string{
		"en", "ru", "de", "ja", "es", "fr", "pt", "it", "pl", "hr", "nl", "ar", "da",
		"ko", "no", "sv", "vi", "cy", "th", "zh-CN", "zh-TW",
	}
}
