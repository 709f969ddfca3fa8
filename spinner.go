package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/infisical-login/infisical-login/methods"
	"github.com/rs/zerolog"
)

// spinner is a terminal that shows, while a request takes long, that there is
// something to wait for. It gives way to whatever is written, and keeps out of a
// line that is not at its end, such as a question. It has no colours and wants of
// a terminal no more than that it returns to the start of a line.
type spinner struct {
	terminal *os.File

	mutex  sync.Mutex
	shown  bool // on the line where the cursor is
	inLine bool // something else stands there
	over   bool // nothing to wait for will come any more
}

// progress is shown behind the part that turns.
const progress = "waiting for Infisical"

// A request that takes no more than a moment is not worth showing.
const (
	moment = 500 * time.Millisecond
	turn   = 120 * time.Millisecond
)

// follow has people told what a client does. The spinner is for them alone: not
// for a log, nor for a terminal or a person that said so.
func (r *run) follow(client *methods.Client) {
	client.Report = r.log.attempt
	_, ci := r.source.Lookup("CI")
	kind, _ := r.source.Lookup("TERM")
	if r.spinner != nil && !ci && kind != "dumb" && !r.log.json && r.log.level < zerolog.ErrorLevel {
		client.Busy = r.spinner.during
	}
}

// Write implements io.Writer.
func (s *spinner) Write(text []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.erase()
	if len(text) > 0 {
		last := text[len(text)-1]
		s.inLine = last != '\n' && last != '\r'
	}
	return s.terminal.Write(text)
}

// Fd is the terminal's descriptor.
func (s *spinner) Fd() uintptr { return s.terminal.Fd() }

// during turns from a moment after now until done.
func (s *spinner) during() (done func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		timer := time.NewTimer(moment)
		defer timer.Stop()
		for turns := 0; ; turns++ {
			select {
			case <-timer.C:
				s.show(turns)
				timer.Reset(turn)
			case <-stop:
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.erase()
	}
}

func (s *spinner) show(turns int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.inLine || s.over {
		return
	}
	s.shown = true
	_, _ = fmt.Fprintf(s.terminal, "\r%c %s", `|/-\`[turns%4], progress)
}

func (s *spinner) erase() {
	if s.shown {
		s.shown = false
		_, _ = fmt.Fprintf(s.terminal, "\r%s\r", strings.Repeat(" ", len("| ")+len(progress)))
	}
}

// end leaves the terminal to others. A request that goes on, since nobody waits
// for it any more, shows nothing.
func (s *spinner) end() {
	if s == nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.erase()
	s.over = true
}
