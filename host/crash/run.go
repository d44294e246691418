package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// plan is what a run is to be.
type plan struct {
	dir                      string // a folder of its own
	kills, customers, guests int
	// settle is how long there is after the load until everything must be well.
	settle time.Duration
	// patience is how long the host lives if it does not meet the step at which
	// it is to die.
	patience time.Duration
	// within is how soon the host must serve again, readBack how long it waits
	// before it looks for what 8x8 has not answered.
	within, readBack time.Duration
	// early: it ends before that if all is quiet.
	early bool
	out   io.Writer
	// between is put before 8x8, which is in this process then; nil: it has a
	// process of its own.
	between func(http.Handler) http.Handler
}

// world is everybody in a run but the host.
type world struct {
	plan
	host, centreAddress string
	centre              *client
	relay               *relay
	prober              *customer
	agents              *agents

	mu      sync.Mutex
	clients []*customer // on our own line, and the prober
	callers []*guest
}

// run plays, kills and counts. It fails unless nothing has gone wrong.
func (p plan) run(ctx context.Context) error {
	w := &world{plan: p}
	stop, err := w.open(ctx)
	if err != nil {
		return err
	}
	defer stop()
	k := &killer{dir: p.dir, prober: w.prober, out: p.out, relay: w.relay, storm: &weather{centre: w.centre}, patience: p.patience, within: p.within}
	life, err := w.load(ctx, k)
	if err != nil {
		return err
	}
	v, err := w.judge(ctx, life)
	if err != nil {
		return err
	}
	return v.report(k, p.out)
}

// open starts all that lives through the run.
func (w *world) open(ctx context.Context) (stop func(), err error) {
	if err := buildHost(ctx, filepath.Join(w.dir, "patchbay")); err != nil {
		return nil, err
	}
	addresses := make([]string, 3)
	for i := range addresses {
		if addresses[i], err = freeAddress(); err != nil {
			return nil, err
		}
	}
	w.host, w.centreAddress = addresses[0], addresses[1]
	var stopRelay func()
	if w.relay, stopRelay, err = startRelay(w.host); err != nil {
		return nil, err
	}
	stopCentre, err := w.startCentre()
	if err != nil {
		stopRelay()
		return nil, err
	}
	stop = func() { stopCentre(); stopRelay() }
	w.centre = newClient("http://" + w.centreAddress + "/simulator/v1")
	w.prober = newCustomer("p1", "http://"+w.host)
	self, err := os.Executable()
	if err == nil {
		err = os.WriteFile(filepath.Join(w.dir, "patchbay.yaml"), []byte(w.configuration(self, addresses[2])), 0o600)
	}
	if err == nil {
		err = until(ctx, 20*time.Second, func() error { return w.centre.call(ctx, "GET", "/state", nil, nil) })
	}
	if err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

// startCentre starts 8x8.
func (w *world) startCentre() (stop func(), err error) {
	if w.between != nil {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = serveCentre(ctx, w.centreAddress, w.relay.address, w.between) // open looks whether it is there
		}()
		return func() { cancel(); <-ended }, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, childArg, "centre", w.centreAddress, w.relay.address)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() { stdin.Close(); _ = cmd.Wait() }, nil
}

func (w *world) configuration(self, ops string) string {
	bots, channel := "", ""
	for _, name := range []string{"web", "line"} {
		bots += fmt.Sprintf("  %s: {command: [%q, %q, bot, %q]}\n", name, self, childArg, filepath.Join(w.dir, name+".bot.log"))
		line := `line: "8x8", desk_channel: WhatsApp`
		wait := "0s"
		if name == "web" {
			line, wait = fmt.Sprintf(`line: directline, secrets: [%q], desk_channel: Web support`, secret), "15s"
		}
		channel += fmt.Sprintf("  %s: {%s, desk: acme, bot: %s, handoff: {no_agent_after: %s, transfer_grace: 1s, targets: {default: {queue: \"101\"}}}}\n",
			name, line, name, wait)
	}
	return fmt.Sprintf(`listen: %q
public_url: "http://%s"
store: sqlite:patchbay.db
drain: 0s
readback_after: %s
ops: {listen: %q}
desks:
  acme: {tenant: %q, api_key: %q, base_url: "http://%s", call_timeout: 3s}
bots:
%schannels:
%s`, w.host, w.host, w.readBack, ops, tenant, apiKey, w.centreAddress, bots, channel)
}

// until asks again and again until it is so.
func until(ctx context.Context, within time.Duration, so func() error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		err := so()
		if err == nil {
			return nil
		}
		if !rest(ctx, 20*time.Millisecond) {
			return errors.Join(err, ctx.Err())
		}
	}
}
