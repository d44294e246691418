package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/sqlstore"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/directline"
	"github.com/patchbay-host/patchbay/host/files"
	"github.com/patchbay-host/patchbay/host/ops"
	"github.com/patchbay-host/patchbay/host/supervisor"
	"github.com/patchbay-host/patchbay/host/webhooks"
)

// Options are what the configuration does not say.
type Options struct {
	// Version of the host, told to bots.
	Version string
	// Logger; nil: slog's default.
	Logger *slog.Logger
	// Load reads the configuration again, for [Host.Reload]; nil: it stays as
	// it is.
	Load func() (*config.Config, error)
}

// Host is a whole Patchbay.
type Host struct {
	log        *slog.Logger
	store      *sqlstore.Store
	engine     *bridge.Engine
	supervisor *supervisor.Supervisor
	directline *directline.Server
	sweeper    *sweeper
	redaction  redaction

	front, ops           *side
	frontSocket, opsSock net.Listener

	hub     *directline.Hub
	hooks   *webhooks.Server
	load    func() (*config.Config, error)
	reloads *reloads
	// reloading guards desks, and whoever writes cfg holds mu as well.
	reloading sync.Mutex
	desks     *desks

	// patient ends with Hurry.
	patient context.Context
	hurry   context.CancelFunc

	mu      sync.Mutex
	cfg     *config.Config // in force
	settled bool           // each bot has been started once, well or not
	ending  bool
}

// New puts a host together: it opens the store and the listeners, so that
// what is wrong with them is known at once. Nothing is served before Run.
func New(ctx context.Context, cfg *config.Config, options Options) (_ *Host, err error) {
	h := &Host{log: options.Logger, cfg: cfg, load: options.Load, hub: directline.NewHub(), reloads: newReloads()}
	h.patient, h.hurry = context.WithCancel(context.Background())
	if h.log == nil {
		h.log = slog.Default()
	}
	if err := h.redaction.set(cfg); err != nil {
		return nil, err
	}
	h.log = slog.New(h.redaction.logs.Handler(h.log.Handler()))
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if h.desks, err = desksOf(cfg, nil, h.log); err != nil {
		return nil, err
	}
	if h.supervisor, err = supervisor.New(BotsOf(cfg), supervisor.Options{Logger: h.log, HostVersion: options.Version}); err != nil {
		return nil, err
	}
	if h.store, err = sqlstore.Open(ctx, storePath(cfg), sqlstore.Options{Log: h.log}); err != nil {
		return nil, err
	}
	folder, err := openFiles(cfg)
	if err != nil {
		return nil, err
	}
	h.sweeper = &sweeper{folder: folder, keep: cfg.Attachments.Keep, clock: bridge.RealClock{}, log: h.log}
	addresses := files.NewAddresses(cfg.PublicURL, h.store.Key("addresses of files"), nil)
	settings := settingsOf(cfg, h.desks, h.hub)
	if h.engine, err = bridge.New(bridge.Config{
		Store: h.store, Unclean: h.store.Unclean(), Bots: h.supervisor, ReadySince: h.supervisor.ReadySince, Attachments: folder,
		Desks: settings.Desks, Lines: settings.Lines, Channels: settings.Channels, Logger: h.log,
		ReadbackAfter: settings.ReadbackAfter, CallTimeout: settings.CallTimeout,
		MaxFile: int64(cfg.Attachments.MaxFile), FileURL: fileLinks(addresses, linkForBot),
		Redact: h.redaction.history.Text,
	}); err != nil {
		return nil, err
	}
	if err := h.serveWith(cfg, addresses); err != nil {
		return nil, err
	}
	return h, h.listen(cfg)
}

// serveWith makes the HTTP sides.
func (h *Host) serveWith(cfg *config.Config, addresses *files.Addresses) error {
	registry := newRegistry()
	measureEngine(registry, h.engine.Stats)
	measureStore(registry, h.store.Unwritable)
	registry.MustRegister(botMetrics{h.supervisor}, h.reloads)
	var err error
	if h.directline, err = directline.New(directline.Config{
		Channels: customersOf(cfg), Engine: h.engine, Hub: h.hub, PublicURL: cfg.PublicURL, Logger: h.log, Registry: registry,
		FileURL: fileLinks(addresses, linkForCustomer), MaxFile: int64(cfg.Attachments.MaxFile), Spool: h.sweeper.folder.Unfinished(),
		TrustedProxies: proxiesOf(cfg),
	}); err != nil {
		return err
	}
	public, err := url.Parse(cfg.PublicURL)
	if err != nil {
		return fmt.Errorf("public_url: %w", err)
	}
	h.hooks, err = webhooks.New(webhooks.Config{
		Prefix: public.Path, Routes: h.desks.routes(cfg), Engine: h.engine, Stale: eightx8.ErrStale, Logger: h.log, Registry: registry,
	})
	if err != nil {
		return err
	}
	kept, err := files.New(files.Config{
		Addresses: addresses, Engine: h.engine, Prefix: public.Path, Logger: h.log, Registry: registry,
	})
	if err != nil {
		return err
	}
	front := http.NewServeMux()
	front.Handle("/v3/directline/", h.directline.Handler())
	if public.Path != "" { // where the addresses of streams point
		front.Handle(public.Path+"/v3/directline/", http.StripPrefix(public.Path, h.directline.Handler()))
	}
	front.Handle(public.Path+"/8x8/", h.hooks)
	front.Handle(public.Path+files.Prefix, kept)
	h.front = newSide(front, answerWithin, h.log)
	h.ops = newSide(h.operatorsSide(cfg, registry, addresses), 0, h.log)
	return nil
}

func (h *Host) operatorsSide(cfg *config.Config, registry *prometheus.Registry, addresses *files.Addresses) http.Handler {
	return ops.New(ops.Config{
		Token: cfg.Ops.Token.Reveal(), Conversations: h.engine, Bots: botsForOps(h.supervisor),
		Ready: func(context.Context) []string { return h.notReady() }, Reload: h.Reload,
		People: h.engine, FileURL: fileLinks(addresses, linkForCustomer), Metrics: registry, Logger: h.log,
	})
}

func (h *Host) listen(cfg *config.Config) error {
	var err error
	if h.frontSocket, err = net.Listen("tcp", cfg.Listen); err != nil {
		return fmt.Errorf("listen for customers and webhooks: %w", err)
	}
	if h.opsSock, err = net.Listen("tcp", cfg.Ops.Listen); err != nil {
		return fmt.Errorf("listen for the operator: %w", err)
	}
	return nil
}

// notReady tells why customers should not be sent here; nothing: they should.
// A bot that has failed is no reason: its channels follow on_failure.
func (h *Host) notReady() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ending:
		return []string{"the host is stopping"}
	case !h.settled:
		return []string{"bots are being started"}
	}
	if err := h.store.Unwritable(); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// close releases what New has opened, for a host that will not run.
func (h *Host) close() {
	if h.engine != nil {
		h.engine.Close()
	}
	if h.store != nil {
		h.store.Close()
	}
	for _, socket := range []net.Listener{h.frontSocket, h.opsSock} {
		if socket != nil {
			socket.Close()
		}
	}
}

// storePath is the store's file.
func storePath(cfg *config.Config) string { return cfg.Store.SQLite }

// Run serves until ctx is done, or until something fails for good. Then it
// stops, as [Host.stop] says. It can be called once.
func (h *Host) Run(ctx context.Context) error {
	failed, fail := context.WithCancelCause(context.WithoutCancel(ctx))
	defer fail(nil)
	bots, stopBots := context.WithCancel(context.WithoutCancel(ctx))
	engine, stopEngine := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBots()
	defer stopEngine()
	var sides, botsUp, engineUp sync.WaitGroup
	guard := func(group *sync.WaitGroup, what string, run func() error) {
		group.Go(func() {
			if err := run(); err != nil && !errors.Is(err, http.ErrServerClosed) {
				fail(fmt.Errorf("%s: %w", what, err))
			}
		})
	}
	guard(&botsUp, "supervisor", func() error { return h.supervisor.Run(bots) })
	guard(&engineUp, "engine", func() error { return h.engine.Run(engine) })
	guard(&engineUp, "files", func() error { return h.sweeper.run(engine) })
	guard(&sides, "operator's side", func() error { return h.ops.Serve(h.opsSock) })
	guard(&sides, "customers' side", func() error { return h.front.Serve(h.frontSocket) })
	go h.settle(bots)
	h.log.Info("serving", "listen", h.frontSocket.Addr().String(), "ops", h.opsSock.Addr().String())

	select {
	case <-ctx.Done():
		h.drain(failed)
	case <-failed.Done():
	}
	h.closeSides()
	sides.Wait()
	stopEngine()
	engineUp.Wait()
	stopBots()
	stopKilling := context.AfterFunc(h.patient, h.supervisor.Kill)
	botsUp.Wait()
	stopKilling()
	h.store.SetUnclean(h.engine.Unclean())
	return errors.Join(context.Cause(failed), h.store.Close())
}

// settle waits until each bot has been started once, and says which have not
// come up.
func (h *Host) settle(ctx context.Context) {
	if h.supervisor.Settled(ctx) != nil {
		return
	}
	h.mu.Lock()
	h.settled = true
	h.mu.Unlock()
	for _, b := range h.supervisor.Status() {
		if b.State != supervisor.StateReady {
			h.log.Error("a bot does not start: its channels follow on_failure", "bot", b.Name, "err", b.LastError)
		}
	}
	h.log.Info("ready")
}
