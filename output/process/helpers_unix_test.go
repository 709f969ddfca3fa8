//go:build unix

package process_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/output/process"
)

// helpers are what the test binary can be instead of a test.
var helpers = map[string]func(args []string) int{
	"exec":      helpExec,
	"supervise": helpSupervise,
	"echo":      helpEcho,
	"logins":    helpLogins,
	"harden":    helpHarden,
	"halt":      helpHalt,
}

// helpSupervise supervises the command in its arguments as the program does. The
// variable STOP is its stop timeout. If the variable CONTROL is set, descriptor 3
// tells it what to do: start, restart.
func helpSupervise(args []string) int {
	signals := make(chan os.Signal, 4096)
	signal.Notify(signals, process.Signals()...)
	var settings process.Settings
	if stop := os.Getenv("STOP"); stop != "" {
		timeout, _ := time.ParseDuration(stop)
		settings.StopTimeout = config.Duration(timeout)
	}
	supervisor := process.NewSupervisor(settings, signals)
	command, err := process.Find(args, os.Environ())
	if err != nil {
		return report(err)
	}
	if os.Getenv("CONTROL") != "" {
		syscall.CloseOnExec(3)
		control := bufio.NewScanner(os.NewFile(3, "control"))
		fmt.Println("up")
		control.Scan() // start
		go func() {
			for control.Scan() {
				supervisor.Restart(command)
			}
		}()
	}
	return report(supervisor.Run(command, nil))
}

// helpEcho prints the signals that it gets and the lines that it reads. It ends
// when a line says exit and a status, and on SIGTERM with the status in the
// variable TERM_STATUS, if there is one.
func helpEcho([]string) int {
	signals := make(chan os.Signal, 4096)
	for number := syscall.Signal(1); number < 65; number++ {
		switch number {
		case syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGURG, syscall.SIGPIPE, syscall.SIGCHLD:
		default:
			signal.Notify(signals, number)
		}
	}
	input := make(chan string)
	go func() {
		for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
			input <- scanner.Text()
		}
		os.Exit(99) // the test is over
	}()
	fmt.Println("ready")
	for {
		select {
		case received := <-signals:
			fmt.Printf("got %d\n", received)
			if status := os.Getenv("TERM_STATUS"); status != "" && received == syscall.SIGTERM {
				n, _ := strconv.Atoi(status)
				return n
			}
		case line := <-input:
			if status, ok := strings.CutPrefix(line, "exit "); ok {
				n, _ := strconv.Atoi(status)
				return n
			}
			fmt.Printf("line %s\n", line)
		}
	}
}

// helpLogins supervises the command in its arguments and meanwhile runs other
// programs through os/exec, as the cloud libraries do during a login, and counts
// those whose end it did not get to know.
func helpLogins(args []string) int {
	supervisor := process.NewSupervisor(process.Settings{}, nil)
	command, err := process.Find(args, os.Environ())
	if err != nil {
		return report(err)
	}
	lost := make(chan int)
	go func() {
		n := 0
		for range 100 {
			supervisor.Pause()
			err := exec.Command("sh", "-c", "exit 3").Run()
			supervisor.Resume()
			if ended, ok := err.(*exec.ExitError); !ok || ended.ExitCode() != 3 {
				n++
			}
		}
		lost <- n
		supervisor.Signal(syscall.SIGTERM)
	}()
	ended := make(chan error, 1)
	go func() { ended <- supervisor.Run(command, nil) }()
	fmt.Println("lost", <-lost)
	return report(<-ended)
}
