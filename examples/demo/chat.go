package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// chat lets a person talk to the bot from a terminal, until the end of input.
func chat(ctx context.Context, args []string) error {
	if len(args) != 1 && len(args) != 2 {
		return errors.New("chat takes the address of a host, such as http://127.0.0.1:8080, and the channel's secret, unless it is the demo's")
	}
	secret := append(args, demoSecret)[1]
	c := &customer{
		directline: api{base: args[0], bearer: secret},
		user:       fmt.Sprintf("dl_you_%d", time.Now().UnixNano()), name: "You",
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- in.Text()
		}
	}()
	return c.talk(ctx, lines)
}

// talk says line after line and shows what is answered; after the last line,
// what is answered to it soon.
func (c *customer) talk(ctx context.Context, lines <-chan string) error {
	var over <-chan time.Time
	var trouble error
	for {
		select {
		case text, more := <-lines:
			if !more {
				lines, over = nil, time.After(time.Second)
			} else if err := c.post(ctx, c.says(text)); err != nil {
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
			c.show(a)
		}
	}
}

// show prints what others said, and news.
func (c *customer) show(a activity) {
	switch {
	case a.From.ID == c.user || a.Type == "typing":
	case a.Type == "message":
		fmt.Printf("%s: %s\n", cmp.Or(a.From.Name, a.From.ID), a.Text)
	default:
		fmt.Printf("  (%s %s)\n", a.Name, a.Value)
	}
}
