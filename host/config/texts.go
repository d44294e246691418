package config

import "reflect"

// Texts are what the host itself says to customers: one for each status of a
// handoff, and those of the bot's own part.
type Texts struct {
	Requested   Text `key:"requested"`
	Delayed     Text `key:"delayed"`
	Queued      Text `key:"queued"`
	Joined      Text `key:"joined"`
	Transferred Text `key:"transferred"`
	AgentLeft   Text `key:"agent_left"`
	Refused     Text `key:"refused"`
	Failed      Text `key:"failed"`
	Cancelled   Text `key:"cancelled"`
	Withdrawn   Text `key:"withdrawn"`
	Completed   Text `key:"completed"`
	// BotFailed: the bot has failed and nobody else takes over.
	BotFailed Text `key:"bot_failed" default:"Sorry, I cannot answer right now. Please try again later."`
	// Inactive: the customer has been silent for so long that the
	// conversation ends.
	Inactive Text `key:"inactive"`
}

// Text is a text by language: BCP 47 tags, and "" for any other language. An
// empty one, and one that is not there, is not said. In the file it is one text
// for all languages, or a mapping of tags to texts in which "default" is any
// other language; without that key the text's own default stays.
type Text map[string]string

// anyLanguage is the key of the text for languages that are not listed.
const anyLanguage = "default"

func (t *Text) setText(text string) error {
	*t = Text{"": text}
	return nil
}

func (t *Text) read(r *reader, v value, tag reflect.StructTag) {
	var text string
	if !v.isMapping() {
		if r.text(v, &text) {
			*t = Text{"": text}
		}
		return
	}
	*t = Text{}
	if text, ok := tag.Lookup("default"); ok {
		(*t)[""] = text
	}
	given := map[string]string{}
	for _, e := range r.entries(v) {
		if !r.text(e.value, &text) {
			continue
		}
		language := ""
		if e.name != anyLanguage {
			language = canonicalTag(e.name)
		}
		other, twice := given[language]
		switch {
		case language != "" && !languageTag(language), e.name == "":
			r.problem(e.key, "%q is neither a language tag (BCP 47), as en or pt-BR are, nor default%s",
				e.name, suggest(e.name, []string{anyLanguage}))
		case twice:
			r.problem(e.key, "is the same language as %s", other)
		}
		given[language] = e.name
		(*t)[language] = text
	}
}
