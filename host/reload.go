package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/ops"
	"github.com/patchbay-host/patchbay/host/supervisor"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// reloadWithin bounds a reload: bots that are new or other must be ready.
const reloadWithin = 5 * time.Minute

// Reload reads the configuration again and goes by it, without dropping
// anything; or, if something is wrong with it, changes nothing and says what.
// That is logged, too. It blocks until bots that are new or other are ready,
// or do not start, and is safe for concurrent use.
func (h *Host) Reload(ctx context.Context) ops.Reload {
	h.reloading.Lock()
	defer h.reloading.Unlock()
	ctx, cancel := context.WithTimeout(ctx, reloadWithin)
	defer cancel()
	done, err := h.reload(ctx)
	for _, warning := range done.Warnings {
		h.log.Warn("the configuration may be meant otherwise", "err", warning)
	}
	if err != nil {
		done = ops.Reload{Problems: problemsOf(err), Warnings: done.Warnings}
		for _, problem := range done.Problems {
			h.log.Error("the configuration is wrong", "err", problem)
		}
		h.log.Error("the configuration is not reloaded; the host goes on with the one that it has", "problems", len(done.Problems))
		h.reloads.count(false)
		return done
	}
	for _, key := range done.NeedsRestart {
		h.log.Warn("this has changed, and stays as it was until the next start", "key", key)
	}
	done.Applied = true
	h.log.Info("the configuration is reloaded", "changed", done.Changed)
	h.reloads.count(true)
	return done
}

// problemsOf are what is wrong, a line each.
func problemsOf(err error) []string {
	if all, ok := errors.AsType[config.Problems](err); ok {
		var lines []string
		for _, problem := range all {
			lines = append(lines, problem.String())
		}
		return lines
	}
	return []string{err.Error()}
}

func (h *Host) reload(ctx context.Context) (done ops.Reload, err error) {
	switch {
	case h.load == nil:
		return done, errors.New("there is no file to read the configuration from")
	case h.notReady() != nil:
		return done, errors.New(h.notReady()[0])
	}
	next, err := h.load()
	if err != nil {
		return done, err
	}
	for _, warning := range next.Warnings {
		done.Warnings = append(done.Warnings, warning.String())
	}
	done.NeedsRestart = keepFixed(h.cfg, next)
	if err := h.unchangeable(ctx, next); err != nil {
		return done, err
	}
	desks, err := desksOf(next, h.desks, h.log)
	if err != nil {
		return done, err
	}
	bots, err := h.supervisor.Prepare(ctx, BotsOf(next))
	if err != nil {
		return done, botProblems(next, err)
	}
	done.Changed = changedKeys(h.cfg, next, bots.Started())
	setChannels, err := h.directline.PrepareChannels(customersOf(next))
	if err == nil {
		err = h.redaction.set(next)
	}
	if err != nil {
		bots.Abandon()
		return done, errors.Join(err, h.redaction.set(h.cfg))
	}
	h.takeOver(ctx, next, desks, bots)
	setChannels() // whoever is let in finds the channel there
	return done, nil
}

// takeOver goes by a configuration that nothing is wrong with. What is new is
// there before anything points to it, and what is gone goes last.
func (h *Host) takeOver(ctx context.Context, next *config.Config, desks *desks, bots *supervisor.Change) {
	bots.Apply()
	if err := h.engine.Configure(ctx, settingsOf(next, desks, h.hub)); err != nil {
		h.log.Error("reload: conversations of channels that are back go on with their next event", "err", err)
	}
	h.directline.SetTrustedProxies(proxiesOf(next))
	h.hooks.SetRoutes(desks.routes(next))
	bots.Retire()
	h.mu.Lock()
	h.cfg = next
	h.mu.Unlock()
	h.desks = desks
}

// settingsOf are the engine's settings.
func settingsOf(cfg *config.Config, desks *desks, hub bridge.Line) bridge.Settings {
	return bridge.Settings{
		Desks: desks.ports(), Lines: linesOf(cfg, hub), Channels: channelsOf(cfg, desks.can),
		ReadbackAfter: cfg.ReadbackAfter, CallTimeout: callTimeout(cfg),
	}
}

// keepFixed puts back into next what cannot change while the host runs, and
// answers the keys that would have.
func keepFixed(now, next *config.Config) (keys []string) {
	for _, fixed := range []struct {
		key       string
		now, next any
	}{
		{"listen", &now.Listen, &next.Listen},
		{"public_url", &now.PublicURL, &next.PublicURL},
		{"store", &now.Store, &next.Store},
		{"ops", &now.Ops, &next.Ops},
		{"attachments", &now.Attachments, &next.Attachments},
	} {
		was, is := reflect.ValueOf(fixed.now).Elem(), reflect.ValueOf(fixed.next).Elem()
		if !reflect.DeepEqual(was.Interface(), is.Interface()) {
			keys = append(keys, fixed.key)
			is.Set(was)
		}
	}
	return keys
}

// changedKeys are the keys of what a reload changes. Bots may be started anew
// with the configuration that they had, for their files.
func changedKeys(now, next *config.Config, started []string) (keys []string) {
	if now.Drain != next.Drain {
		keys = append(keys, "drain")
	}
	if now.ReadbackAfter != next.ReadbackAfter {
		keys = append(keys, "readback_after")
	}
	if !reflect.DeepEqual(now.TrustedProxies, next.TrustedProxies) {
		keys = append(keys, "trusted_proxies")
	}
	if !reflect.DeepEqual(now.Redact, next.Redact) {
		keys = append(keys, "redact")
	}
	keys = append(keys, changedNames("desks", now.Desks, next.Desks)...)
	keys = append(keys, changedNames("bots", now.Bots, next.Bots)...)
	for _, name := range started {
		if key := "bots." + name; !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return append(keys, changedNames("channels", now.Channels, next.Channels)...)
}

func changedNames[T any](key string, now, next map[string]T) (keys []string) {
	all := maps.Clone(now)
	maps.Copy(all, next)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		was, before := now[name]
		is, after := next[name]
		if before != after || !reflect.DeepEqual(was, is) {
			keys = append(keys, key+"."+name)
		}
	}
	return keys
}

// unchangeable reports changes that would lose conversations: another line has
// other customers, and another contact centre does not know the tickets of
// the customers who are there.
func (h *Host) unchangeable(ctx context.Context, next *config.Config) error {
	var wrong config.Problems
	for _, name := range slices.Sorted(maps.Keys(next.Channels)) {
		was, ok := h.cfg.Channels[name]
		is := next.Channels[name]
		if !ok {
			continue
		}
		if was.Line != is.Line {
			wrong = append(wrong, next.Problem("channels."+name+".line", "cannot change while the host runs: give the channel another name, or restart"))
		}
		if was.Desk == "" || was.Desk == is.Desk && sameCentre(h.cfg.Desks[was.Desk], next.Desks[is.Desk]) {
			continue
		}
		held, err := h.held(ctx, name)
		if err != nil {
			return err
		}
		if held {
			wrong = append(wrong, next.Problem("channels."+name+".desk",
				"cannot change now: customers of the channel are in a queue or with an agent there (GET /api/v1/conversations?channel="+name+" shows them)"))
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// sameCentre reports whether a desk is the same tenant as before.
func sameCentre(was, is config.Desk) bool {
	return was.API == is.API && was.Tenant == is.Tenant && was.Region == is.Region
}

// held reports whether a conversation of a channel is in a queue or with an
// agent.
func (h *Host) held(ctx context.Context, channel string) (bool, error) {
	for _, holder := range []lifecycle.Holder{lifecycle.Queue, lifecycle.Agent} {
		found, err := h.engine.List(ctx, bridge.Filter{Holder: holder, Channel: channel, Limit: 1})
		if err != nil || len(found) > 0 {
			return len(found) > 0, err
		}
	}
	return false, nil
}

// botProblems says where in the file the bots are that do not start.
func botProblems(cfg *config.Config, err error) error {
	change, ok := errors.AsType[*supervisor.ChangeError](err)
	if !ok {
		return fmt.Errorf("bots: %w", err)
	}
	var wrong config.Problems
	for _, name := range slices.Sorted(maps.Keys(change.Bots)) {
		key, text := "bots."+name, strings.ReplaceAll(change.Bots[name].Error(), "\n", "; ")
		if _, ok := errors.AsType[bot.SettingErrors](change.Bots[name]); ok {
			key += ".settings"
		}
		wrong = append(wrong, cfg.Problem(key, text))
	}
	return wrong
}
