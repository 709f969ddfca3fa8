package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/infisical-login/infisical-login/config"
)

// person is somebody at the terminal, as [methods.Person] describes. Everything
// that is shown goes to standard error: standard output is for the token.
type person struct {
	in   *os.File
	out  io.Writer
	open func(address string) error

	asking sync.Mutex // one question at a time
	keys   *keys

	mutex   sync.Mutex // guards all below, and what is shown
	prompt  string     // of the question that waits for its answer
	restore func()     // gives the terminal its echo back; nil while it has it
}

// newPerson returns the person at a terminal, who has been asked nothing yet.
func newPerson(in *os.File, out io.Writer, open func(address string) error) *person {
	return &person{in: in, out: out, open: open, keys: &keys{in: in}}
}

// Ask implements [methods.Person].
func (p *person) Ask(ctx context.Context, prompt string) (string, error) {
	text, err := p.question(ctx, prompt, false)
	return strings.TrimSpace(text), err
}

// AskSecret implements [methods.Person].
func (p *person) AskSecret(ctx context.Context, prompt string) (config.Secret, error) {
	text, err := p.question(ctx, prompt, true)
	return config.Secret(text), err
}

// Choose implements [methods.Person]. A number and Enter choose, which every
// terminal can do.
func (p *person) Choose(ctx context.Context, prompt string, options []string) (int, error) {
	for i, option := range options {
		p.Tell(fmt.Sprintf("%3d  %s", i+1, visible(option)))
	}
	for {
		answer, err := p.Ask(ctx, fmt.Sprintf("%s (1-%d)", prompt, len(options)))
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(options) {
			return n - 1, nil
		}
		p.Tell(fmt.Sprintf("%q is not a number from 1 to %d", answer, len(options)))
	}
}

// Tell implements [methods.Person]. A question that waits for its answer is asked
// again below the message.
func (p *person) Tell(message string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.prompt == "" {
		_, _ = fmt.Fprintln(p.out, message)
		return
	}
	blank := strings.Repeat(" ", max(0, len(p.prompt)-len(message)))
	_, _ = fmt.Fprintf(p.out, "\r%s%s\n%s", message, blank, p.prompt)
}

// OpenBrowser implements [methods.Person].
func (p *person) OpenBrowser(address string) error { return p.open(address) }

// question asks for one line. A context that ends gives the terminal back at once
// and leaves the question unanswered.
func (p *person) question(ctx context.Context, prompt string, hidden bool) (string, error) {
	p.asking.Lock()
	defer p.asking.Unlock()
	if hidden {
		restore, err := hideInput(int(p.in.Fd()))
		if err != nil {
			return "", fmt.Errorf("the terminal cannot hide what is typed: %w", err)
		}
		p.mutex.Lock()
		p.restore = restore
		p.mutex.Unlock()
	}
	stop := p.count(ctx, prompt, hidden)
	line, err := p.keys.line(ctx, hidden)
	stop()
	p.mutex.Lock()
	p.prompt = ""
	if hidden || err != nil { // the terminal has not shown the end of the line
		_, _ = fmt.Fprintln(p.out)
	} else { // it has: whoever shares the terminal may use the line
		_, _ = fmt.Fprint(p.out, "\r")
	}
	p.mutex.Unlock()
	p.leave()
	return line, err
}

// count shows the question, and the time that is left for it if there is a limit.
// It counts, until stopped, only beside an answer that is not shown: another would
// be written over.
func (p *person) count(ctx context.Context, prompt string, hidden bool) (stop func()) {
	deadline, limited := ctx.Deadline()
	if !limited || !hidden {
		p.show(prompt + ": ")
		return func() {}
	}
	second := time.NewTicker(time.Second)
	stopped, over := make(chan struct{}), make(chan struct{})
	p.show(prompt + left(time.Until(deadline)) + ": ")
	go func() {
		defer close(over)
		for {
			select {
			case <-second.C:
				p.show("\r" + prompt + left(time.Until(deadline)) + ": ")
			case <-stopped:
				return
			}
		}
	}()
	return func() {
		second.Stop()
		close(stopped)
		<-over
	}
}

// left is the time that is left, always of the same width below 100 minutes.
func left(d time.Duration) string {
	seconds := int(max(0, d.Round(time.Second)) / time.Second)
	return fmt.Sprintf(" (%2d:%02d left)", seconds/60, seconds%60)
}

func (p *person) show(prompt string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.prompt = strings.TrimPrefix(prompt, "\r")
	_, _ = fmt.Fprint(p.out, prompt)
}

// leave gives the terminal back as it was. It may be called at any time, and is
// called before the process ends in whatever way.
func (p *person) leave() {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.restore != nil {
		p.restore()
		p.restore = nil
	}
}

// visible replaces control characters and the like, which could do anything to a
// terminal.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}
