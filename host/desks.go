package host

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/webhooks"
)

// desks are the configured desks, with the verifiers of their webhooks.
type desks struct {
	cfg       map[string]config.Desk
	byName    map[string]*eightx8.Desk
	verifiers map[string]*eightx8.Verifier
}

// DeskOf is a configured desk as a client of 8x8's.
func DeskOf(name string, d config.Desk, log *slog.Logger) (*eightx8.Desk, error) {
	return deskOf(name, d, 0, log)
}

// deskOf is a desk to and from which files of at most so many bytes go; 0: of
// the default.
func deskOf(name string, d config.Desk, maxFile config.Size, log *slog.Logger) (*eightx8.Desk, error) {
	desk, err := eightx8.New(eightx8.Config{
		Name: name, API: eightx8.API(d.API), Tenant: d.Tenant, APIKey: d.APIKey.Reveal(),
		Region: d.Region, Key: d.Key.Reveal(), Secret: d.Secret.Reveal(),
		BaseURL: d.BaseURL, CallTimeout: d.CallTimeout, MaxFile: int64(maxFile), NoHandBack: d.NoHandBack, Logger: log,
	})
	if err != nil {
		return nil, fmt.Errorf("desk %s: %w", name, err)
	}
	return desk, nil
}

// desksOf are the desks of a configuration. Those that are as before are the
// same ones, with their tokens and keys; before may be nil.
func desksOf(cfg *config.Config, before *desks, log *slog.Logger) (*desks, error) {
	made := &desks{cfg: cfg.Desks, byName: map[string]*eightx8.Desk{}, verifiers: map[string]*eightx8.Verifier{}}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(cfg.Desks)) {
		d := cfg.Desks[name]
		if before != nil && before.byName[name] != nil && reflect.DeepEqual(before.cfg[name], d) {
			made.byName[name], made.verifiers[name] = before.byName[name], before.verifiers[name]
			continue
		}
		desk, err := deskOf(name, d, cfg.Attachments.MaxFile, log)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		verifier, err := eightx8.NewVerifier(eightx8.VerifierConfig{
			Desk: name, Tenant: d.Tenant, Keys: desk, Window: d.WebhookWindow, Logger: log,
		})
		if err != nil {
			problems = append(problems, fmt.Errorf("desk %s: %w", name, err))
			continue
		}
		made.byName[name], made.verifiers[name] = desk, verifier
	}
	return made, errors.Join(problems...)
}

// callTimeout is the longest that a call to any of the desks may take; each
// desk keeps to its own.
func callTimeout(cfg *config.Config) time.Duration {
	var longest time.Duration
	for _, d := range cfg.Desks {
		longest = max(longest, d.CallTimeout)
	}
	return longest
}

// can is what a desk can do.
func (d *desks) can(name string) lifecycle.Capabilities { return d.byName[name].Capabilities() }

// ports are the desks as the engine sees them.
func (d *desks) ports() map[string]bridge.Desk {
	ports := map[string]bridge.Desk{}
	for name, desk := range d.byName {
		ports[name] = desk
	}
	return ports
}

// routes are the addresses that 8x8 calls: one for each channel with a desk.
func (d *desks) routes(cfg *config.Config) []webhooks.Route {
	var routes []webhooks.Route
	for name, c := range cfg.Channels {
		if verifier := d.verifiers[c.Desk]; verifier != nil {
			routes = append(routes, webhooks.Route{Desk: c.Desk, Channel: name, Verifier: verifier})
		}
	}
	return routes
}
