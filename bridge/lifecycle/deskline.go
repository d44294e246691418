package lifecycle

// arrive begins a conversation that comes by one of the desk's own channels:
// the ticket is the customer's, and is bound by its first event.
func (s *step) arrive() {
	s.meet()
	s.c.Desk.Ticket, s.c.Desk.Open = s.ev.Ticket, true
	s.add(Entry{Kind: EntryOpened, Ticket: s.ev.Ticket, Detail: "brought by the customer"})
}

// assigned is news of the customer's own ticket: that its assignment has been
// changed for a handoff, or that it is active, which is when the bot greets.
func (s *step) assigned(handoff int64) {
	d := &s.c.Desk
	switch {
	case handoff != 0 && handoff == d.Opening:
		d.Opening, d.Marker, d.Open = 0, handoff, true
		s.stop(TimerNoAgent)
		s.note()
	case s.ev.Active && s.c.Epoch == 0 && s.c.Holder == Nobody && s.ch.Greet:
		s.begin()
	default:
		s.meet()
		s.note()
	}
}
