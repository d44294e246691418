package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// chatUsage is how chat is called.
const chatUsage = `usage: demo chat HOST [SECRET]

Talk to a bot from a terminal, by Direct Line, until the end of input (^D).
HOST is a host's address, such as localhost:8080; SECRET is the channel's,
unless it is the demo's. What a bot offers as quick replies is pressed by
typing it.
`

// chat lets a person talk to the bot from a terminal, until the end of input.
func chat(ctx context.Context, args []string) error {
	if wantsHelp(args) {
		fmt.Print(chatUsage)
		return nil
	}
	if len(args) != 1 && len(args) != 2 {
		return &usageError{"chat takes the address of a host, and the channel's secret\n" + chatUsage}
	}
	secret := append(args, demoSecret)[1]
	c := &customer{
		directline: api{base: hostURL(args[0]), bearer: secret},
		user:       fmt.Sprintf("dl_you_%d", time.Now().UnixNano()), name: "You",
	}
	if err := c.start(ctx); err != nil && len(args) == 1 {
		return fmt.Errorf("%w (tried with the demo's secret; a channel's own goes behind the address)", err)
	} else if err != nil {
		return err
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- in.Text()
		}
	}()
	return c.talk(ctx, lines, os.Stdout)
}

// hostURL is the base URL of a host, which may be given without http://, or as
// the address of its Direct Line.
func hostURL(given string) string {
	if !strings.Contains(given, "://") {
		given = "http://" + given
	}
	return strings.TrimSuffix(strings.TrimRight(given, "/"), "/v3/directline")
}

// talk says line after line and shows what is answered; after the last line,
// what is answered to it soon.
func (c *customer) talk(ctx context.Context, lines <-chan string, out io.Writer) error {
	var over <-chan time.Time
	var trouble error
	for {
		select {
		case text, more := <-lines:
			if !more {
				lines, over = nil, time.After(time.Second)
			} else if err := c.post(ctx, c.pressed(c.says(text))); err != nil {
				fmt.Fprintln(os.Stderr, "not said:", err)
			}
		case <-time.After(200 * time.Millisecond):
		case <-over:
			return nil
		case <-ctx.Done():
			return nil
		}
		news, err := c.poll(ctx)
		if err != nil && trouble == nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, err) // once, not five times a second
		}
		trouble = err
		for _, a := range news {
			if a.From.ID != c.user {
				fmt.Fprint(out, a)
			}
		}
	}
}

// pressed makes what is said a press, if it is what the latest message offers.
func (c *customer) pressed(says map[string]any) map[string]any {
	text, _ := says["text"].(string)
	for i := len(c.seen) - 1; i >= 0; i-- {
		a := c.seen[i]
		if a.Type != "message" || a.From.ID == c.user {
			continue
		}
		for _, button := range a.SuggestedActions.Actions {
			data, ok := says["channelData"].(map[string]any)
			if ok && button.Type == "messageBack" && strings.EqualFold(strings.TrimSpace(text), button.Title) {
				says["text"], says["value"] = button.Text, button.Value
				data["messageBack"] = map[string]string{"displayText": button.DisplayText}
			}
		}
		break
	}
	return says
}
