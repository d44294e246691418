package eightx8

// merge makes one of all that is wanted of one channel, whether it is given by
// name or by id: it has one webhook and one queue. The webhook is the one that
// it has, if anybody wants that, else the first's; the queue is the first that
// is given. So a plan that was done stays done.
func merge(wanted []Wanted, webhooks []Webhook, channels []DeskChannel) []Wanted {
	var order []string
	groups := map[string][]Wanted{}
	for _, w := range wanted {
		key := "name " + w.Channel
		if found, _ := findChannel(w.Channel, channels); found != nil {
			key = "id " + found.ID
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], w)
	}
	var merged []Wanted
	for _, key := range order {
		group := groups[key]
		one := group[0]
		for _, w := range group {
			if hasAddress(w.Channel, w.URI, webhooks, channels) {
				one.URI, one.Webhook = w.URI, w.Webhook
				break
			}
		}
		for _, w := range group {
			if one.Queue == "" {
				one.Queue = w.Queue
			}
		}
		merged = append(merged, one)
	}
	return merged
}

// hasAddress reports whether a channel, by name or id, has a webhook with an
// address.
func hasAddress(channel, uri string, webhooks []Webhook, channels []DeskChannel) bool {
	for _, hook := range webhooks {
		if hook.URI == uri && usedBy(hook.ID, channel, channels) {
			return true
		}
	}
	return false
}
