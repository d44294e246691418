package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/supervisor"
)

// finding is one thing that was checked.
type finding struct {
	// What was checked, such as "bot faq".
	What string `json:"what"`
	OK   bool   `json:"ok"`
	// Detail is what was found.
	Detail string `json:"detail"`
}

func checkCommand() *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, each bot, and that each desk knows us and our channels",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd, file)
			if err != nil {
				return err
			}
			findings := []finding{{What: "configuration " + file, OK: true, Detail: fmt.Sprintf(
				"%d channels, %d bots, %d desks", len(cfg.Channels), len(cfg.Bots), len(cfg.Desks))}}
			findings = append(findings, checkBots(cmd.Context(), cfg)...)
			findings = append(findings, checkDesks(cmd.Context(), cfg)...)
			if err := show(cmd.OutOrStdout(), findings, asJSON); err != nil {
				return err
			}
			if i := slices.IndexFunc(findings, func(f finding) bool { return !f.OK }); i >= 0 {
				return wrong(errors.New("check: something is wrong"))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", defaultFile, "configuration `file`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// checkBots starts each bot once, as serve would.
func checkBots(ctx context.Context, cfg *config.Config) []finding {
	version, _ := built()
	var findings []finding
	for _, b := range host.BotsOf(cfg) {
		f := finding{What: "bot " + b.Name, OK: true}
		d, err := supervisor.Check(ctx, b, supervisor.Options{
			Logger: slog.New(slog.DiscardHandler), HostVersion: version,
		})
		if f.Detail = d.Name + " " + d.Version; err != nil {
			f.OK, f.Detail = false, err.Error()
		}
		findings = append(findings, f)
	}
	return findings
}

// checkDesks asks each desk for the channels that the configuration names,
// which proves the address, the key, the tenant and the channel.
func checkDesks(ctx context.Context, cfg *config.Config) []finding {
	var findings []finding
	for _, name := range slices.Sorted(maps.Keys(cfg.Channels)) {
		c := cfg.Channels[name]
		if c.Desk == "" {
			continue
		}
		f := finding{What: fmt.Sprintf("channel %s at desk %s", name, c.Desk), OK: true}
		if id, err := deskChannel(ctx, c.Desk, cfg.Desks[c.Desk], c.DeskChannel); err != nil {
			f.OK, f.Detail = false, err.Error()
		} else {
			f.Detail = fmt.Sprintf("%s is channel %s there", c.DeskChannel, id)
		}
		findings = append(findings, f)
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Desks)) {
		findings = append(findings, checkWebhooks(ctx, cfg, name))
	}
	return findings
}

// checkWebhooks looks whether the events of our channels come to us.
func checkWebhooks(ctx context.Context, cfg *config.Config, name string) finding {
	ctx, cancel := context.WithTimeout(ctx, provisionWithin)
	defer cancel()
	f := finding{What: "webhooks at desk " + name}
	desk, err := host.DeskOf(name, cfg.Desks[name], slog.New(slog.DiscardHandler))
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	plan, err := desk.Plan(ctx, host.WantedOf(cfg, name))
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	var wrong []string
	for _, change := range plan.Changes {
		if change.Kind != eightx8.Keep {
			wrong = append(wrong, change.String())
		}
	}
	f.OK, f.Detail = len(wrong) == 0, "come to "+cfg.PublicURL
	if !f.OK {
		f.Detail = "not as configured; `patchbay provision` would: " + strings.Join(wrong, "; ")
	}
	return f
}

func deskChannel(ctx context.Context, name string, d config.Desk, channel string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	desk, err := host.DeskOf(name, d, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	return desk.FindChannel(ctx, channel)
}

// show prints findings, a line each.
func show(w io.Writer, findings []finding, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(findings)
	}
	for _, f := range findings {
		mark := "ok    "
		if !f.OK {
			mark = "WRONG "
		}
		if _, err := fmt.Fprintf(w, "%s %s: %s\n", mark, f.What, f.Detail); err != nil {
			return err
		}
	}
	return nil
}
