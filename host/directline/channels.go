package directline

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

// DefaultTokenLife is how long a token is valid unless its channel says
// otherwise.
const DefaultTokenLife = 30 * time.Minute

// minSecret is the shortest secret taken: every customer holds a token that
// was signed with it and could try out shorter ones.
const minSecret = 16

// Channel is a channel of this line.
type Channel struct {
	// Name in the configuration.
	Name string
	// Secrets of at least 16 bytes each. The first signs tokens, all verify
	// them and are taken from servers, so a secret can be replaced without a
	// gap. No two channels share one.
	Secrets [][]byte
	// TokenLife is how long a token is valid; 0: [DefaultTokenLife].
	TokenLife time.Duration
	// Origins of web pages that may use the channel, such as
	// https://www.example.com; none: all. A token may name further ones.
	Origins []string
	// Limits of what customers do. What is left out is not limited.
	Limits Limits
}

// channel is a channel with what is derived from its settings.
type channel struct {
	name    string
	keys    [][]byte // of its secrets, in their order
	life    time.Duration
	origins []string
	meters  meters
}

// channels finds a channel by its name or by a secret.
type channels struct {
	byName   map[string]*channel
	bySecret map[[sha256.Size]byte]*channel
}

func newChannels(list []Channel) (*channels, error) {
	made := &channels{byName: map[string]*channel{}, bySecret: map[[sha256.Size]byte]*channel{}}
	var problems []error
	for _, c := range list {
		if err := made.add(c); err != nil {
			problems = append(problems, fmt.Errorf("channel %s: %w", c.Name, err))
		}
	}
	return made, errors.Join(problems...)
}

func (cs *channels) add(settings Channel) error {
	if settings.Name == "" || cs.byName[settings.Name] != nil {
		return errors.New("its name is empty or taken")
	}
	if len(settings.Secrets) == 0 {
		return errors.New("it has no secret")
	}
	c := &channel{name: settings.Name, life: settings.TokenLife, meters: newMeters(settings.Limits)}
	if c.life <= 0 {
		c.life = DefaultTokenLife
	}
	for i, secret := range settings.Secrets {
		if len(secret) < minSecret {
			return fmt.Errorf("secret %d has %d bytes, at least %d are needed", i+1, len(secret), minSecret)
		}
		sum := sha256.Sum256(secret)
		if other := cs.bySecret[sum]; other != nil && other != c {
			return fmt.Errorf("secret %d is a secret of channel %s too", i+1, other.name)
		}
		key, err := hkdf.Key(sha256.New, secret, nil, keyInfo+c.name, sha256.Size)
		if err != nil {
			return fmt.Errorf("derive key: %w", err)
		}
		cs.bySecret[sum] = c
		c.keys = append(c.keys, key)
	}
	for _, given := range settings.Origins {
		origin, ok := cleanOrigin(given)
		if !ok {
			return fmt.Errorf("origin %q: must look like https://www.example.com", given)
		}
		c.origins = append(c.origins, origin)
	}
	cs.byName[c.name] = c
	return nil
}

// secret finds the channel of a secret. Looking up a hash tells a guesser
// nothing about how near the guess was.
func (cs *channels) secret(given string) (*channel, bool) {
	c, ok := cs.bySecret[sha256.Sum256([]byte(given))]
	return c, ok
}
