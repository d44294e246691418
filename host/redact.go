package host

import (
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/redact"
)

// redaction takes out of texts what a configuration says.
type redaction struct {
	// logs, and the secrets of the configuration, should anybody repeat them.
	logs redact.Redactor
	// history that agents are shown, if that is asked for.
	history redact.Redactor
}

// set follows a configuration from now on.
func (r *redaction) set(cfg *config.Config) error {
	rules := redact.Rules{Builtin: cfg.Redact.Builtin}
	for _, pattern := range cfg.Redact.Patterns {
		rules.Patterns = append(rules.Patterns, pattern.Regexp)
	}
	history := redact.Rules{}
	if cfg.Redact.History {
		history = rules
	}
	if err := r.history.Set(history); err != nil {
		return err
	}
	rules.Secrets = secretsOf(cfg)
	return r.logs.Set(rules)
}

// secretsOf are all secrets of a configuration.
func secretsOf(cfg *config.Config) []string {
	secrets := []string{cfg.Ops.Token.Reveal()}
	for _, d := range cfg.Desks {
		secrets = append(secrets, d.APIKey.Reveal(), d.Key.Reveal(), d.Secret.Reveal())
	}
	for _, b := range cfg.Bots {
		for _, secret := range b.Secrets {
			secrets = append(secrets, secret.Reveal())
		}
	}
	for _, c := range cfg.Channels {
		for _, secret := range c.Secrets {
			secrets = append(secrets, secret.Reveal())
		}
	}
	return secrets
}
