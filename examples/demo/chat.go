package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"time"
)

// chat lets a person talk to the bot from a terminal, until the end of input.
func chat(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("chat", flag.ContinueOnError)
	secret := flags.String("secret", demoSecret, "the channel's secret")
	name := flags.String("name", "You", "your name")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("chat takes the base URL of Direct Line, such as http://127.0.0.1:8080")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := &customer{
		directline: api{base: flags.Arg(0), bearer: *secret},
		user:       fmt.Sprintf("dl_%s_%d", *name, time.Now().UnixNano()), name: *name,
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	lines := make(chan string)
	go func() {
		defer stop()
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- in.Text()
		}
	}()
	for {
		select {
		case text := <-lines:
			if err := c.post(ctx, c.says(text)); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil
		}
		news, err := c.poll(ctx)
		if err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, err)
		}
		for _, a := range news {
			switch {
			case a.From.ID == c.user || a.Type == "typing":
			case a.Type == "message":
				fmt.Printf("%s: %s\n", a.From.Name, a.Text)
			default:
				fmt.Printf("  (%s %s)\n", a.Name, a.Value)
			}
		}
	}
}
