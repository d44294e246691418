package supervisor

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/patchbay-host/patchbay/host/supervisor/zoo"
)

// The test binary is also the bots of these tests, so that each has a real
// process without a build; and, run with "host", a host with one bot.
func TestMain(m *testing.M) {
	zoo.Main()
	if len(os.Args) > 3 && os.Args[1] == "host" {
		zooHost(os.Args[2], os.Args[3])
	}
	os.Exit(m.Run())
}

// zooHost is a host with one bot, to be killed: it prints the bot's process.
func zooHost(runDir, animal string) {
	s, err := New([]Config{zooConfig(animal)}, Options{RunDir: runDir, Logger: quiet()})
	must(err)
	go func() { must(s.Run(context.Background())) }()
	must(s.Settled(context.Background()))
	fmt.Println(s.Status()[0].PID)
	select {}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
