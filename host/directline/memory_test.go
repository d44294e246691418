package directline

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"testing"
)

// What an idle stream costs in this process. The client's end is a bare
// connection in the same process, about 1 KB of the figure.
func BenchmarkIdleStream(b *testing.B) {
	h := newHouse(b)
	c := h.begin()
	before := inUse()
	clients := make([]net.Conn, 0, b.N)
	for range b.N {
		clients = append(clients, handshake(b, c.StreamURL))
	}
	for h.server.hub.open() < b.N {
		runtime.Gosched()
	}
	b.ReportMetric(float64(inUse()-before)/float64(b.N), "bytes/stream")
	for _, client := range clients {
		client.Close()
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC() // pools are emptied by the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// handshake opens a stream and keeps nothing but the connection. It reads the
// greeting's frame no further than its first bytes.
func handshake(b *testing.B, streamURL string) net.Conn {
	b.Helper()
	u, err := url.Parse(streamURL)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", u.RequestURI(), u.Host)
	res, err := http.ReadResponse(bufio.NewReaderSize(conn, 512), nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		b.Fatal(res, err)
	}
	return conn
}
