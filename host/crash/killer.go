package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
)

// anyMoment stands for a kill that no point asks for.
const anyMoment = "any moment"

// often are the points that a host under load passes many times a second.
func often(point string) bool {
	return slices.Contains([]string{
		faultpoint.Journal, faultpoint.BeforeCommit, faultpoint.AfterCommit, faultpoint.BeforeAnswer, faultpoint.BeforeBotCall,
		faultpoint.BotSaid, faultpoint.AfterBotCall, faultpoint.BeforeDelivery, faultpoint.AfterDelivery,
	}, point)
}

// killer kills the host and starts it again.
type killer struct {
	dir    string
	prober *customer
	out    io.Writer
	relay  *relay
	storm  *weather
	// patience is how long a step is waited for, within how long the host is
	// to serve again.
	patience, within time.Duration

	kills   map[string]int // by point
	planned int
	total   int
	back    []time.Duration // from each start to the first request served
}

// schedule is at which points the host dies: half of the kills at the points, in
// turn, if there are enough kills for that, and the rest at any moment. Before a
// commit it dies in every run: then is seen what was let out too early.
func schedule(kills int) []string {
	points := faultpoint.All()
	rand.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	commit := slices.Index(points, faultpoint.BeforeCommit)
	points[0], points[commit] = points[commit], points[0]
	var all []string
	for i := range kills {
		if n := len(points); i < n || i < kills/2/n*n {
			all = append(all, points[i%n])
		} else {
			all = append(all, anyMoment)
		}
	}
	if kills < 2*len(points) { // both kinds, if not all of one
		for i := range all {
			if kills < len(points) && i%3 == 2 {
				all[i] = anyMoment
			}
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// run kills as often as planned, and leaves a host that lives. A point that is
// not met in time is killed at any moment, and its turn comes again if there are
// enough kills for all of them.
func (k *killer) run(ctx context.Context, kills int) (*process, error) {
	k.kills, k.planned = map[string]int{}, kills
	plan := schedule(kills)
	again := map[string]int{}
	for i := 0; i < len(plan); i++ {
		if k.storm != nil {
			k.storm.on.Store(i > len(plan)/4)
			k.relay.stormy.Store(i > len(plan)/4)
		}
		point := plan[i]
		met, err := k.life(ctx, point)
		if err != nil {
			return nil, err
		}
		if met != point && kills >= len(faultpoint.All()) && again[point] < 4 {
			again[point]++
			if j := slices.Index(plan[i+1:], anyMoment); j >= 0 {
				plan[i+1+j] = point
			} else {
				plan = append(plan, point)
			}
		}
		if (i+1)%10 == 0 {
			fmt.Fprintf(k.out, "%d kills, back in %s (p50)\n", k.total, brief(quantile(k.back, 0.5)))
		}
	}
	if k.storm != nil {
		k.storm.on.Store(false)
		k.relay.stormy.Store(false)
	}
	p, err := startHost(k.dir, "")
	if err != nil {
		return nil, err
	}
	if took, ok := p.first(ctx, k.prober); ok {
		k.back = append(k.back, took)
	}
	return p, ctx.Err()
}

// life is one, and its end; met is where it came.
func (k *killer) life(ctx context.Context, point string) (met string, err error) {
	armed, patience := "", time.Duration(50+rand.IntN(2500))*time.Millisecond
	if point != anyMoment {
		nth := 1 + rand.IntN(2)
		if often(point) {
			nth = 1 + rand.IntN(80)
		}
		hold := 50 * time.Millisecond
		if point != faultpoint.BeforeCommit {
			hold *= time.Duration(rand.IntN(2))
		}
		armed, patience = fmt.Sprintf("%s:%d:%s", point, nth, hold), k.patience
	}
	p, err := startHost(k.dir, armed)
	if err != nil {
		return "", err
	}
	late := time.AfterFunc(10*k.within, func() { _ = p.cmd.Process.Kill() })
	took, served := p.first(ctx, k.prober)
	if served || took >= k.within { // or it was to serve by then
		k.back = append(k.back, took)
	}
	met = point
	if !late.Stop() {
		met = anyMoment
	}
	select {
	case <-p.gone:
	case <-ctx.Done():
	case <-time.After(patience):
		met = anyMoment
	}
	p.kill()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if !p.killed() {
		return "", fmt.Errorf("the host ended by itself: %s", p.cmd.ProcessState)
	}
	k.kills[met]++
	k.total++
	if rand.IntN(3) == 0 {
		rest(ctx, time.Duration(rand.IntN(400))*time.Millisecond)
	}
	return met, nil
}

// missed are the points at which the host has never died.
func (k *killer) missed() []string {
	return slices.DeleteFunc(faultpoint.All(), func(p string) bool { return k.kills[p] > 0 })
}

// perPoint is how often the host died where.
func (k *killer) perPoint() string {
	var parts []string
	for _, p := range append([]string{anyMoment}, faultpoint.All()...) {
		parts = append(parts, fmt.Sprintf("%s %d", p, k.kills[p]))
	}
	return strings.Join(parts, ", ")
}

// quantile of some times; 0 without any.
func quantile(of []time.Duration, q float64) time.Duration {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[int(q*float64(len(sorted)-1))]
}

func brief(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
