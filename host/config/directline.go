package config

import (
	"net/url"
	"strings"
)

// checkDirectLine looks at what a line of our own needs.
func (r *reader) checkDirectLine(key string, c *Channel) {
	if len(c.Secrets) == 0 {
		r.problem(key+".secrets", "is missing; a directline channel needs at least one")
	}
	for i, origin := range c.Origins {
		c.Origins[i] = r.checkOrigin(index(key+".origins", i), origin)
	}
}

// minSecret is the shortest Direct Line secret: every customer has a token that
// was signed with it, and could try out shorter ones.
const minSecret = 16

// checkSecrets reports Direct Line secrets that are too short, or that two
// channels share: the secret is what tells the channel.
func (r *reader) checkSecrets(channels map[string]Channel) {
	first := map[string]string{}
	for _, name := range sorted(channels) {
		if channels[name].Line == EightXLine {
			continue // told with the line
		}
		for i, secret := range channels[name].Secrets {
			key := index(join("channels", name)+".secrets", i)
			if secret.IsZero() {
				continue
			}
			if other, taken := first[secret.Reveal()]; taken {
				r.problem(key, "is the same secret as %s; each channel needs its own", other)
				continue
			}
			first[secret.Reveal()] = key
			if len(secret.Reveal()) < minSecret {
				r.problem(key, "is shorter than %d characters and can be guessed; openssl rand -base64 32 makes a good one", minSecret)
			}
		}
	}
}

func (r *reader) checkOrigin(key, text string) string {
	text = strings.ToLower(text)
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Scheme+"://"+u.Host != text {
		r.problem(key, "%q is not an origin, as https://www.example.com is: scheme, host and port alone", text)
	}
	return text
}
