package process

import (
	"os"
	"os/signal"
	"syscall"
)

// Exec runs the command as a child, since Windows cannot replace a process, and
// returns its end as an [Error], nil for status 0. A console's Ctrl-C reaches the
// command by itself; signals is taken out of service.
func (c *Command) Exec(signals chan os.Signal) error {
	if signals != nil {
		signal.Stop(signals)
	}
	return NewSupervisor(Settings{}, signals).Run(c, nil)
}

// start starts the command with our standard streams.
func (c *Command) start() (*os.Process, error) {
	return os.StartProcess(c.Path, c.Args, &os.ProcAttr{Env: c.Env, Files: []*os.File{
		os.NewFile(uintptr(syscall.Stdin), "stdin"),
		os.NewFile(uintptr(syscall.Stdout), "stdout"),
		os.NewFile(uintptr(syscall.Stderr), "stderr"),
	}})
}
