// Faq is a bot that answers from a YAML file of questions and answers, and
// hands off to people where it cannot. README.md describes the file.
package main

import "github.com/patchbay-host/patchbay/plugins/bot"

func main() {
	bot.ServeFactory(newFAQ, bot.Describe(bot.Description{
		Name:           "faq",
		StateSchema:    stateSchema,
		SettingsSchema: settingsSchema,
	}))
}

// settingsSchema describes the bot's settings in the host's configuration.
const settingsSchema = `{
  "type": "object",
  "properties": {
    "answers": {"type": "string", "description": "The file with questions and answers, relative to patchbay.yaml."}
  },
  "required": ["answers"],
  "additionalProperties": false
}`
