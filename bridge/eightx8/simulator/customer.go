package simulator

// seatBot lets the channel's own bot hold the ticket; without a webhook there
// is none, and the channel's queue is where it goes.
func (c *centre) seatBot(t *ticket) {
	if w := c.hook("", t.channelID); w != nil {
		c.sit(t, &seat{webhookID: w.ID})
		return
	}
	if ch, err := c.channel(t.channelID); err == nil {
		t.queueID = ch.RoutingOptions.ID
	}
}
