package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
)

// deskWithin bounds what is done at one desk.
const deskWithin = 2 * time.Minute

func provisionCommand() *cobra.Command {
	var file string
	var dry bool
	cmd := &cobra.Command{
		Use:   "provision",
		Short: "Create and update webhooks and channels at 8x8, as the configuration says",
		Long: `Create and update webhooks and channels at 8x8, as the configuration says, and
let 8x8 try each webhook's address, which needs a host that runs (patchbay
serve). Run again it changes nothing. Channels of 8x8's own (line: 8x8) are
looked at, and what is to be set by hand is printed.

  create, update  done, or with --dry-run what would be
  keep            it is as it should be
  by hand         no call can do it; the exit code is 0 all the same`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd, file)
			if err != nil {
				return err
			}
			var problems []error
			for _, name := range slices.Sorted(maps.Keys(cfg.Desks)) {
				if err := provision(cmd.Context(), cmd.OutOrStdout(), cfg, name, dry); err != nil {
					problems = append(problems, fmt.Errorf("desk %s: %w", name, err))
				}
			}
			if len(problems) > 0 {
				problems = append(problems, errors.New("`patchbay check` looks at each thing alone"))
			}
			return wrong(errors.Join(problems...))
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", defaultFile, "configuration `file`")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only print what would be done")
	return cmd
}

// provision makes one desk be as the configuration says.
func provision(ctx context.Context, w io.Writer, cfg *config.Config, name string, dry bool) error {
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	desk, err := host.DeskOf(name, cfg.Desks[name], slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	wanted := host.WantedOf(cfg, name)
	plan, err := desk.Plan(ctx, wanted)
	if err != nil {
		return err
	}
	for _, change := range plan.Changes {
		fmt.Fprintf(w, "%s: %s\n", name, change)
	}
	if dry {
		return nil
	}
	if err := plan.Apply(ctx); err != nil {
		return err
	}
	return verify(ctx, w, desk, name, wanted)
}

// verify lets 8x8 try each of our addresses, once.
func verify(ctx context.Context, w io.Writer, desk *eightx8.Desk, name string, wanted []eightx8.Wanted) error {
	// Addresses that share a channel with another have no webhook.
	used := map[string]bool{}
	hooks, err := desk.Webhooks(ctx)
	if err != nil {
		return err
	}
	for _, hook := range hooks {
		used[hook.URI] = true
	}
	tried := map[string]bool{}
	var problems []error
	for _, want := range wanted {
		if tried[want.URI] || !used[want.URI] {
			continue
		}
		tried[want.URI] = true
		if err := desk.VerifyWebhook(ctx, want.URI); err != nil {
			problems = append(problems, fmt.Errorf("8x8 cannot reach %s (is `patchbay serve` running?): %w", want.URI, err))
			continue
		}
		fmt.Fprintf(w, "%s: 8x8 reaches %s\n", name, want.URI)
	}
	return errors.Join(problems...)
}
