package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/supervisor"
)

func checkCommand() *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, each bot, and that each desk knows us and our channels",
		Long: `Check the configuration, each bot and its limits, and what it takes for granted at each desk:
address, credentials and tenant, then for each channel its desk channel, the
targets of its handoffs, and that the events come to us. Nothing is changed.

  ok      it is so
  WRONG   it is not; the exit code is 1
  unsure  8x8 has no call that tells, or the host does not run
  skip    not checked, because of something that is wrong`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd, file)
			if err != nil {
				return err
			}
			findings := []finding{judged("configuration "+file, isOK,
				count(len(cfg.Channels), "channel")+", "+count(len(cfg.Bots), "bot")+", "+count(len(cfg.Desks), "desk"))}
			findings = append(findings, checkBots(cmd.Context(), cfg)...)
			for _, name := range slices.Sorted(maps.Keys(cfg.Desks)) {
				findings = append(findings, checkDesk(cmd.Context(), cfg, name)...)
			}
			if err := show(cmd.OutOrStdout(), findings, asJSON); err != nil {
				return err
			}
			if anyWrong(findings) {
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
		trial, err := supervisor.Check(ctx, b, supervisor.Options{
			Logger: slog.New(slog.DiscardHandler), HostVersion: version,
		})
		d := trial.Description
		findings = append(findings, attempted("bot "+b.Name, d.Name+" "+d.Version, err))
		findings = append(findings, notInForce(cfg, b.Name, trial.NotInForce)...)
	}
	return findings
}

// notInForce are the limits of a bot that this system does not take.
func notInForce(cfg *config.Config, bot string, limits []*supervisor.LimitError) []finding {
	var findings []finding
	for _, limit := range limits {
		f := judged("bot "+bot+": limits."+limit.Limit, isWrong, "not in force, the system does not take it: "+limit.Err.Error())
		f.At = placeOf(cfg, "bots."+bot+".limits."+limit.Limit)
		findings = append(findings, f)
	}
	return findings
}

// checkDesk has a desk prove what the configuration takes for granted there.
func checkDesk(ctx context.Context, cfg *config.Config, name string) []finding {
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	desk, err := host.DeskOf(name, cfg.Desks[name], slog.New(slog.DiscardHandler))
	if err != nil {
		return []finding{attempted("desk "+name, "", err)}
	}
	channels, claims := host.ClaimsOf(cfg, name)
	proofs := desk.Prove(ctx, claims)
	findings := proven(cfg, "desk "+name, "desks."+name, proofs.Desk)
	for i, channel := range channels {
		findings = append(findings, proven(cfg, "channel "+channel, "channels."+channel, proofs.Claims[i])...)
	}
	return findings
}

// proven are proofs as findings about what is configured at a key.
func proven(cfg *config.Config, what, key string, proofs []eightx8.Proof) []finding {
	var findings []finding
	for _, p := range proofs {
		f := judged(what+": "+p.Of, resultOf(p), p.Detail)
		if p.Setting != "" {
			f.At = placeOf(cfg, key+"."+p.Setting)
		}
		findings = append(findings, f)
	}
	return findings
}

// placeOf is where a key is in the file.
func placeOf(cfg *config.Config, key string) string {
	at := cfg.Problem(key, "")
	return fmt.Sprintf("%s:%d: %s", at.File, at.Line, at.Key)
}

// count is a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
