package host

import (
	"maps"
	"slices"

	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/ops"
	"github.com/patchbay-host/patchbay/host/supervisor"
)

// BotsOf are the bots of a configuration, by name, as the supervisor runs
// them.
func BotsOf(cfg *config.Config) []supervisor.Config {
	var bots []supervisor.Config
	for _, name := range slices.Sorted(maps.Keys(cfg.Bots)) {
		b := cfg.Bots[name]
		secrets := map[string]string{}
		for key, secret := range b.Secrets {
			secrets[key] = secret.Reveal()
		}
		bots = append(bots, supervisor.Config{
			Name: name, Command: b.Command, SHA256: b.SHA256, Files: b.Files,
			Settings: b.Settings, Secrets: secrets, BaseDir: cfg.Dir, TurnDeadline: b.TurnDeadline,
			Limits: supervisor.Limits{Memory: int64(b.Limits.Memory), Files: int(b.Limits.Files), CPU: float64(b.Limits.CPU)},
		})
	}
	return bots
}

// botsForOps shows the operator how the bots are.
func botsForOps(s *supervisor.Supervisor) func() []ops.Bot {
	return func() []ops.Bot {
		var bots []ops.Bot
		for _, b := range s.Status() {
			bots = append(bots, ops.Bot{
				Name: b.Name, State: string(b.State), Since: b.Since, Version: b.Description.Version,
				PID: b.PID, Restarts: b.Restarts(), LastError: b.LastError, Log: b.Log,
			})
		}
		return bots
	}
}
