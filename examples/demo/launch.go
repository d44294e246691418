package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// Secrets of the demo: it listens on loopback alone, and ends.
const (
	demoSecret = "demo-secret-for-loopback-only"
	demoToken  = "demo-operator"
)

// addresses are where the demo's processes listen, as host:port.
type addresses struct {
	host, ops, simulator string
	// via is a URL at which the host calls the simulator; empty: the simulator's.
	via string
}

// desk is where the host calls 8x8.
func (a addresses) desk() string {
	if a.via == "" {
		return "http://" + a.simulator
	}
	return a.via + "/" + a.simulator
}

// launch starts the simulator, the host and the driver, and stays until ctx
// ends. Whatever it started has ended when it returns.
func launch(ctx context.Context) error {
	// Children die with the thread that started them, so it must be ours.
	runtime.LockOSThread()
	restore := takeTerminal()
	defer restore()
	bin, err := os.Executable()
	if err != nil {
		return err
	}
	play, err := choosePlay(os.Getenv("API"), os.Getenv("LINE"))
	if err != nil {
		return err
	}
	at, err := choosePorts(os.Getenv("PORT"))
	if err != nil {
		return err
	}
	at.via = os.Getenv("VIA")
	patience := cmp.Or(os.Getenv("PATIENCE"), defaultPatience.String())
	if _, err := time.ParseDuration(patience); err != nil {
		return fmt.Errorf("PATIENCE=%s is not a duration, as 1m is", patience)
	}
	dir, err := os.MkdirTemp("", "demo-patchbay-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := &processes{bin: filepath.Dir(bin), dir: dir}
	defer p.stop()

	if err := p.startAll(ctx, at, play); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return p.explain(err)
	}
	driver := p.command(bin, "drive", "--line", play.line, "--directline", "http://"+at.host, "--secret", demoSecret,
		"--simulator", "http://"+at.simulator, "--ops", "http://"+at.ops, "--token", demoToken,
		"--patience", patience)
	driver.Stdout, driver.Stderr = os.Stdout, os.Stderr
	if err := p.run(ctx, driver); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return p.explain(errors.New("the conversation was not seen to its end"))
	}
	if os.Getenv("DEMO") == "once" {
		return nil
	}
	announce(at, play, bin)
	select {
	case <-ctx.Done():
		return nil
	case name := <-p.ended:
		return p.explain(fmt.Errorf("%s has ended", name))
	}
}

// startAll starts simulator and host, and waits until they are ready.
func (p *processes) startAll(ctx context.Context, at addresses, play play) error {
	if err := p.start("simulator", filepath.Join(p.bin, "patchbay"), "simulate", "--listen", at.simulator, "--api", play.api,
		"--webhook", "http://"+at.host+"/8x8/acme/"+play.channel, "--channel", "Web support=101", "--channel", "Billing=102",
		"--channel", "WhatsApp DE=101/WhatsApp"); err != nil {
		return err
	}
	if err := p.await(ctx, "http://"+at.simulator+"/simulator/v1/state"); err != nil {
		return err
	}
	file := filepath.Join(p.dir, "patchbay.yaml")
	if err := os.WriteFile(file, []byte(configuration(at, play, p.bin)), 0o600); err != nil {
		return err
	}
	if err := p.start("host", filepath.Join(p.bin, "patchbay"), "serve", "-c", file); err != nil {
		return err
	}
	return p.await(ctx, "http://"+at.ops+"/readyz")
}

// announce says what can be done with what runs.
func announce(at addresses, play play, bin string) {
	fmt.Printf("\ndirectline http://%s/v3/directline\n", at.host)
	fmt.Printf("simulator http://%s/simulator/v1/state\n", at.simulator)
	fmt.Printf("ops http://%s/readyz\n", at.ops)
	fmt.Printf("metrics http://%s/metrics\n\n", at.ops)
	if play.line == "8x8" {
		fmt.Printf("Talk to the bot:        curl http://%s/simulator/v1/customers -d '{\"id\":\"you\",\"channel\":\"WhatsApp DE\",\"text\":\"hello\"}'\n", at.simulator)
		fmt.Printf("                        curl http://%s/simulator/v1/customers/you\n", at.simulator)
	} else {
		fmt.Printf("Talk to the bot:        %s chat http://%s\n", nearby(bin), at.host)
	}
	fmt.Printf("Be the agent:           curl -X POST http://%s/simulator/v1/agents/ada/accept\n", at.simulator)
	fmt.Printf("                        curl http://%s/simulator/v1/agents/ada/say -d '{\"text\":\"Hello, Ada here\"}'\n", at.simulator)
	fmt.Printf("                        curl -X POST http://%s/simulator/v1/agents/ada/leave\n", at.simulator)
	fmt.Printf("See who holds what:     curl -H 'Authorization: Bearer %s' http://%s/api/v1/conversations\n\n", demoToken, at.ops)
	fmt.Println("ready")
}

// nearby is a path as one would type it here.
func nearby(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil {
		return rel
	}
	return path
}

// choosePorts takes three ports from first on, or any that are free. Somebody
// else who listens there would be taken for the demo's own processes.
func choosePorts(first string) (addresses, error) {
	ports := [3]int{} // 0: any
	if first != "" {
		n, err := strconv.Atoi(first)
		if err != nil || n < 1 || n > 65533 {
			return addresses{}, fmt.Errorf("PORT=%s is not a port that has two more behind it", first)
		}
		ports = [3]int{n, n + 1, n + 2}
	}
	var found [3]string
	for i, port := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			return addresses{}, fmt.Errorf("%w: take another PORT, or leave it out", err)
		}
		defer l.Close()
		found[i] = l.Addr().String()
	}
	return addresses{host: found[0], ops: found[1], simulator: found[2]}, nil
}

// await waits until a URL answers 200.
func (p *processes) await(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case name := <-p.ended:
			return fmt.Errorf("%s has ended", name)
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", url, context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// command is a child that dies with us, and that a terminal's SIGINT does not
// reach: we stop it ourselves, in order.
func (p *processes) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd
}
