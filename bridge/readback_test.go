package bridge

import (
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestArrived aligns what a desk has with what was sent. One letter is one
// message; capitals are the bot's.
func TestArrived(t *testing.T) {
	for _, tt := range []struct {
		name, has, history, sent, doubt string
		part                            bool // only the newest of what the desk has was read
		want                            int
	}{
		{name: "nothing came", has: "hH", history: "hH", doubt: "a", want: 0},
		{name: "it came", has: "hHa", history: "hH", doubt: "a", want: 1},
		{name: "two of three came", has: "hHab", history: "hH", doubt: "abc", want: 2},
		{name: "the same text, first came", has: "hHa", history: "hH", sent: "a", doubt: "a", want: 0},
		{name: "the same text, both came", has: "hHaa", history: "hH", sent: "a", doubt: "a", want: 1},
		{name: "the history ends with the text", has: "ha", history: "ha", doubt: "a", want: 0},
		{name: "… and it came", has: "haa", history: "ha", doubt: "a", want: 1},
		{name: "the desk hides the history", has: "aa", history: "hH", sent: "a", doubt: "a", want: 1},
		{name: "… and it did not come", has: "a", history: "hH", sent: "a", doubt: "a", want: 0},
		{name: "one was dropped on the way", has: "hHbc", history: "hH", sent: "ab", doubt: "c", want: 0},
		{name: "only the newest is read", has: "ddef", history: "hH", sent: "abcdde", doubt: "f", part: true, want: 0},
		{name: "the newest few are compared", has: strings.Repeat("x", 30) + "f", history: "h", sent: strings.Repeat("x", 40), doubt: "f", part: true, want: 1},
		{name: "… and it did not come", has: strings.Repeat("x", 30), history: "h", sent: strings.Repeat("x", 40), doubt: "f", part: true, want: 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := arrived(messages(tt.has), messages(tt.history), messages(tt.sent), messages(tt.doubt), !tt.part)
			if got != tt.want {
				t.Errorf("%d arrived, want %d", got, tt.want)
			}
		})
	}
}

func messages(letters string) []Outgoing {
	var all []Outgoing
	for _, letter := range letters {
		m := Outgoing{Author: bot.AuthorCustomer, Text: string(letter)}
		if letter >= 'A' && letter <= 'Z' {
			m.Author = bot.AuthorBot
		}
		all = append(all, m)
	}
	return all
}
