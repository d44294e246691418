package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/ops"
)

// personFlags say who is meant.
type personFlags struct {
	file, channel, user string
}

func (f *personFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.file, "config", "c", defaultFile, "configuration `file`")
	flags.StringVar(&f.channel, "channel", "", "the channel's `name`")
	flags.StringVar(&f.user, "user", "", "the customer's `id` on that channel")
	for _, name := range []string{"channel", "user"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // of a flag that there is
		}
	}
}

func exportCommand() *cobra.Command {
	var who personFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print everything that is kept of one person, as JSON",
		Long: `Print everything that is kept of one person on a channel, as JSON: conversations,
their journals, and the files in them by name and address. The addresses are
good for a day. The host must be running: the command asks its operator's API.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			body, err := who.ask(cmd, http.MethodGet, nil)
			if err != nil {
				return err
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, body, "", "  "); err != nil {
				return wrong(err)
			}
			_, err = pretty.WriteTo(cmd.OutOrStdout())
			return wrong(err)
		},
	}
	who.add(cmd)
	return cmd
}

func eraseCommand() *cobra.Command {
	var who personFlags
	var dry, yes bool
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Erase everything that is kept of one person",
		Long: `Erase everything that is kept of one person on a channel: conversations, their
journals, their files. --dry-run says what that is, --yes does it, for good. A
conversation that is in a queue, with an agent, or at the bot is left and named,
and the exit code is 1: run it again when it is over. The host must be running:
the command asks its operator's API. What 8x8 keeps is 8x8's to erase.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dry == yes {
				return errors.New("erase: say either --dry-run, to see what would go, or --yes, to erase it for good")
			}
			query := url.Values{}
			if dry {
				query.Set("dry_run", "true")
			}
			body, err := who.ask(cmd, http.MethodDelete, query)
			if err != nil {
				return err
			}
			return wrong(tellErased(cmd.OutOrStdout(), body))
		},
	}
	who.add(cmd)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what would be erased")
	cmd.Flags().BoolVar(&yes, "yes", false, "erase it")
	return cmd
}

// tellErased prints what became of each conversation.
func tellErased(w io.Writer, body []byte) error {
	var answer struct{ Conversations []ops.Erased }
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	done, left := "erased", 0
	for _, c := range answer.Conversations {
		result := "erased"
		switch {
		case c.Why == ops.DryRun:
			done, result = "would be erased", "would be erased"
		case !c.Erased:
			result = "kept: " + c.Why
			left++
		}
		fmt.Fprintf(w, "%s, %d entries: %s\n", c.ID, c.Entries, result)
	}
	fmt.Fprintf(w, "%s, %d %s\n", count(len(answer.Conversations), "conversation"), len(answer.Conversations)-left, done)
	if left > 0 {
		return errors.New("erase: not everything is erased; run it again when what is under way is over")
	}
	return nil
}

// ask asks the operator's API of the host that runs about the person.
func (f *personFlags) ask(cmd *cobra.Command, method string, query url.Values) ([]byte, error) {
	cfg, err := load(cmd, f.file)
	if err != nil {
		return nil, err
	}
	if cfg.Ops.Token.IsZero() {
		return nil, wrong(errors.New(cfg.Problem("ops.token", "is needed for this: the command asks the operator's API of the host that runs").String()))
	}
	if _, ok := cfg.Channels[f.channel]; !ok {
		fmt.Fprintf(cmd.ErrOrStderr(), "warning: %s has no channel %q; what one of that name had is found all the same\n", f.file, f.channel)
	}
	if query == nil {
		query = url.Values{}
	}
	query.Set("channel", f.channel)
	body, err := askOps(cmd.Context(), cfg, method, "/api/v1/people/"+url.PathEscape(f.user)+"?"+query.Encode())
	return body, wrong(err)
}

// askOps makes one call of the operator's API.
func askOps(ctx context.Context, cfg *config.Config, method, path string) ([]byte, error) {
	host, port, err := net.SplitHostPort(cfg.Ops.Listen)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+cfg.Ops.Token.Reveal())
	direct := http.Client{Transport: &http.Transport{}} // by no proxy: the token is for the host alone
	resp, err := direct.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the host does not run, or not with this configuration (ops.listen: %s): start it with `patchbay serve`: %w", cfg.Ops.Listen, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the host answers %s: %s", resp.Status, bytes.TrimSpace(body))
	}
	return body, nil
}
