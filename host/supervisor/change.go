package supervisor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Change is other bots that wait to take over. It ends with Apply and Retire,
// or with Abandon.
type Change struct {
	s *Supervisor
	// next are the keepers as they will be, fresh those among them that are
	// new, old those that will be gone.
	next, fresh, old []*keeper
}

// ChangeError says which bots of a change do not start, and why.
type ChangeError struct {
	Bots map[string]error
}

// Error names them all.
func (e *ChangeError) Error() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(e.Bots)) {
		all = append(all, e.Bots[name].Error())
	}
	return strings.Join(all, "; ")
}

// Prepare starts what other bots need: a process for each bot that is new, or
// whose configuration or files (program, arguments and settings that name
// files) are not those that it was started with. The bots that there are go on
// as if nothing were. With an error nothing is left of the change: a
// [*ChangeError], or what is wrong with the configuration. One change can be
// prepared at a time; others wait for it.
func (s *Supervisor) Prepare(ctx context.Context, bots []Config) (*Change, error) {
	bots, err := completed(bots)
	if err != nil {
		return nil, err
	}
	s.changing.Lock()
	c := &Change{s: s}
	if err := c.prepare(ctx, bots); err != nil {
		c.Abandon()
		return nil, err
	}
	return c, nil
}

func (c *Change) prepare(ctx context.Context, bots []Config) error {
	c.s.mu.Lock()
	for _, config := range bots {
		before := c.s.byName[config.Name]
		if before != nil && before.serves(config) {
			c.next = append(c.next, before)
			continue
		}
		k := c.s.newKeeper(config)
		if before != nil {
			k.number = before.generation()
		}
		if !c.s.up(k) {
			c.s.mu.Unlock()
			return fmt.Errorf("change bots: %w", errStopping)
		}
		c.next, c.fresh = append(c.next, k), append(c.fresh, k)
	}
	for _, k := range c.s.keepers {
		if !slices.Contains(c.next, k) {
			c.old = append(c.old, k)
		}
	}
	c.s.mu.Unlock()
	wrong := map[string]error{}
	for _, k := range c.fresh {
		select {
		case <-k.settled:
		case <-ctx.Done():
			return fmt.Errorf("change bots: %w", context.Cause(ctx))
		}
		if err := k.notReady(); err != nil {
			wrong[k.config.Name] = err
		}
	}
	if len(wrong) > 0 {
		return &ChangeError{Bots: wrong}
	}
	return nil
}

// Started are the names of the bots that are new or other, or whose files are.
func (c *Change) Started() []string {
	var names []string
	for _, k := range c.fresh {
		names = append(names, k.config.Name)
	}
	return names
}

// Apply puts the bots in place: turns that begin from now on are theirs. Those
// that are not wanted any more can still be asked until Retire. Bots that have
// failed, and have not changed, are started again.
func (c *Change) Apply() {
	c.s.mu.Lock()
	c.s.keepers = c.next
	for _, k := range c.next {
		c.s.byName[k.config.Name] = k
	}
	c.s.mu.Unlock()
	for _, k := range c.next {
		k.poke()
	}
}

// Retire stops the processes that are not wanted any more, without waiting for
// it: the turns that they are at come to their end first.
func (c *Change) Retire() {
	c.s.mu.Lock()
	for _, k := range c.old {
		if c.s.byName[k.config.Name] == k {
			delete(c.s.byName, k.config.Name)
		}
		k.retire()
	}
	c.s.mu.Unlock()
	c.s.changing.Unlock()
}

// Abandon stops what was started for the change, instead of Apply.
func (c *Change) Abandon() {
	for _, k := range c.fresh {
		k.retire()
	}
	c.s.changing.Unlock()
}

// serves reports whether the bot was started with such a configuration, from
// the files that there are.
func (k *keeper) serves(config Config) bool {
	k.mu.Lock()
	looked := k.looked
	k.mu.Unlock()
	return reflect.DeepEqual(k.config, config) && (looked == "" || lookAt(config) == looked)
}

func (k *keeper) generation() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.number
}

// notReady says why the bot is not; nil: it is.
func (k *keeper) notReady() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.state == StateReady:
		return nil
	case k.err != nil:
		return k.err
	}
	return errors.New("the bot is " + string(k.state))
}
