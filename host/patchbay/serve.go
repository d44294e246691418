package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
)

// defaultFile is the configuration file if none is named.
const defaultFile = "patchbay.yaml"

func serveCommand() *cobra.Command {
	var file, format string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the host until it is told to stop (SIGINT, SIGTERM)",
		Long: `Run the host until it is told to stop. SIGTERM or SIGINT stops it in order:
/readyz fails; for a while (drain) it serves whoever is there and begins no
conversations; turns come to their end. What is left to do is taken up at the
next start. The signal once more stops it at once.

SIGHUP has it read the configuration again: what has changed takes effect
without dropping a conversation, bots whose program, settings or files have
changed are started anew. If something is wrong with the file nothing changes,
and the log says what it is.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			signals := caught()
			log, err := logger(cmd.ErrOrStderr(), format)
			if err != nil {
				return err
			}
			cfg, err := load(cmd, file)
			if err != nil {
				return err
			}
			version, _ := built()
			h, err := host.New(cmd.Context(), cfg, host.Options{
				Version: version, Logger: log,
				Load: func() (*config.Config, error) { return config.Load(file, os.LookupEnv) },
			})
			if err != nil {
				return wrong(err)
			}
			defer onSignals(h, signals)()
			return wrong(h.Run(cmd.Context()))
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", defaultFile, "configuration `file`")
	cmd.Flags().StringVar(&format, "log", "text", "log as text or json")
	return cmd
}

// load reads the configuration and prints its warnings.
func load(cmd *cobra.Command, file string) (*config.Config, error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if absolute, err := filepath.Abs(file); err == nil {
			file = absolute
		}
		return nil, wrong(fmt.Errorf("%s: there is no such file; -c FILE names another. "+
			"If you have none yet, examples/patchbay.yaml is one to begin with, and `patchbay simulate` is an 8x8 to try it with", file))
	}
	cfg, err := config.Load(file, os.LookupEnv)
	if err != nil {
		return nil, wrong(err)
	}
	for _, warning := range cfg.Warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", warning)
	}
	return cfg, nil
}

// logger logs to w.
func logger(w io.Writer, format string) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	}
	return nil, fmt.Errorf("--log %q: must be text or json", format)
}
