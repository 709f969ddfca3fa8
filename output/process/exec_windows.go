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
	signal.Ignore(os.Interrupt)
	child, err := os.StartProcess(c.Path, c.Args, &os.ProcAttr{
		Env:   c.Env,
		Files: []*os.File{os.NewFile(uintptr(syscall.Stdin), "stdin"), os.NewFile(uintptr(syscall.Stdout), "stdout"), os.NewFile(uintptr(syscall.Stderr), "stderr")},
	})
	if err != nil {
		return describe(c.Args[0], err)
	}
	state, err := child.Wait()
	if err != nil {
		return describe(c.Args[0], err)
	}
	if status := state.ExitCode(); status != 0 {
		return &Error{Status: status}
	}
	return nil
}
