package host

// Addresses are where the host listens, as host:port.
func (h *Host) Addresses() (front, ops string) {
	return h.frontSocket.Addr().String(), h.opsSock.Addr().String()
}
