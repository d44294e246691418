package supervisor

import (
	"context"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Trial is what a start on trial has shown.
type Trial struct {
	// Description as the bot gives it.
	Description bot.Description
	// NotInForce are the limits that the system does not take.
	NotInForce []*LimitError
}

// Check starts a bot once, asks it what it is and whether its settings would
// do, and stops it. The error is a [*StartError] where a step of the start
// failed; [bot.SettingErrors] is found in it where the settings were refused.
func Check(ctx context.Context, config Config, options Options) (Trial, error) {
	options, config = options.withDefaults(), config.withDefaults()
	if err := config.check(); err != nil {
		return Trial{}, err
	}
	dirs, err := openRunDir(options.RunDir)
	if err != nil {
		return Trial{}, err
	}
	defer func() { _ = dirs.close() }()
	l := launcher{
		config: config, timing: *options.timing, log: options.Logger, hostVersion: options.HostVersion,
		dirs: dirs, ring: newRing(config.Secrets), validateOnly: true,
	}
	g, err := l.launch(ctx, 1)
	if err != nil {
		return Trial{}, err
	}
	g.stop() //nolint:contextcheck // a check that is broken off stops its process all the same
	return Trial{g.description, g.notInForce}, nil
}
