package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/patchbay-host/patchbay/bridge/sqlstore"
)

func storeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Look at a store that may be damaged, and save what can be read of it",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return errors.New("store: check or recover?") },
	}
	cmd.AddCommand(storeCheckCommand(), storeRecoverCommand())
	return cmd
}

func storeCheckCommand() *cobra.Command {
	return storeSubcommand("check", "Read the whole store, and say what cannot be read",
		`Read the whole store, and say what cannot be read. Nothing is changed. No host
may have it open. The exit code is 1 if something cannot be read.`,
		sqlstore.Check)
}

func storeRecoverCommand() *cobra.Command {
	var to string
	cmd := storeSubcommand("recover", "Copy what can be read of the store into a new file",
		`Copy what can be read of the store into a new file, and say what is left out.
The old files are not touched. No host may have them open. There must be room
for both, and for a copy of the old one meanwhile.

Afterwards put the new file and its .lock in the place of the old ones (move
those away, with -wal and -shm, but not the folder -files), so that everything
else finds it.

The exit code is 0 if everything was copied, and 1 if something was left out, or
nothing was written.`,
		func(ctx context.Context, path string) (*sqlstore.Report, error) {
			return sqlstore.Recover(ctx, path, to, sqlstore.Options{Log: slog.New(slog.DiscardHandler)})
		})
	cmd.Flags().StringVar(&to, "to", "", "new `file`, which must not be there yet")
	_ = cmd.MarkFlagRequired("to") // there is such a flag
	return cmd
}

// storeSubcommand is one that looks at the store and shows what it found.
func storeSubcommand(use, short, long string, look func(context.Context, string) (*sqlstore.Report, error)) *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd, file)
			if err != nil {
				return err
			}
			report, err := look(cmd.Context(), cfg.Store.SQLite)
			if err != nil {
				return wrong(err)
			}
			if err := show(cmd.OutOrStdout(), reported(cfg.Store.SQLite, report), asJSON); err != nil {
				return err
			}
			if !report.OK() {
				return wrong(fmt.Errorf("store %s: not everything can be read", use))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", defaultFile, "configuration `file`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// reported is a report as findings.
func reported(path string, r *sqlstore.Report) []finding {
	findings := []finding{judged("store "+path, isOK, count(int(r.Conversations), "conversation")+
		fmt.Sprint(" whole, and ", r.Entries, " entries of journals, can be read"))}
	for _, problem := range r.Problems {
		findings = append(findings, judged("store "+path, isWrong, problem))
	}
	for _, id := range r.IDs() {
		findings = append(findings, judged("conversation "+string(id), isWrong, r.Damaged[id]))
	}
	return findings
}
