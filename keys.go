package main

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"unicode/utf8"
)

// maxLine bounds a line that is typed or pasted, in bytes. The terminal's own
// limit of 4096 does not hold for hidden lines, since a token may be longer.
const maxLine = 1 << 20

// keys reads lines from a terminal. A read cannot be broken off, so there is one
// reader for the whole run, which hands out what it gets to whoever asks next.
type keys struct {
	in      *os.File
	once    sync.Once
	typed   chan []byte
	pending []byte // typed, but beyond the line that was asked for
	ended   error
}

// line returns the next line without its end. If it is hidden, the terminal does
// not edit it, so that the usual keys are honoured here.
func (k *keys) line(ctx context.Context, hidden bool) (string, error) {
	k.once.Do(func() {
		k.typed = make(chan []byte)
		go k.read()
	})
	var line []byte
	for {
		for len(k.pending) > 0 {
			key := k.pending[0]
			k.pending = k.pending[1:]
			if key == '\n' || key == '\r' {
				return string(line), nil
			}
			if hidden {
				var err error
				if line, err = edit(line, key); err != nil {
					return "", err
				}
			} else {
				line = append(line, key)
			}
			if len(line) > maxLine {
				return "", errors.New("the line is too long")
			}
		}
		if k.ended != nil {
			return "", k.ended
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case typed, more := <-k.typed:
			k.pending = typed
			if !more {
				k.ended = io.EOF
			}
		}
	}
}

// read hands over what is typed until the terminal is gone.
func (k *keys) read() {
	defer close(k.typed)
	for {
		buffer := make([]byte, 4096)
		n, err := k.in.Read(buffer)
		if n > 0 {
			k.typed <- buffer[:n]
		}
		if err != nil {
			return
		}
	}
}

// The keys that edit a line.
const (
	end       = 0x04 // Ctrl-D
	backspace = 0x08
	clear     = 0x15 // Ctrl-U
	remove    = 0x7f
)

// edit applies a key to a line that nobody sees.
func edit(line []byte, key byte) ([]byte, error) {
	switch key {
	case end:
		if len(line) == 0 {
			return nil, io.EOF
		}
		return line, nil
	case backspace, remove:
		_, size := utf8.DecodeLastRune(line)
		return line[:len(line)-size], nil
	case clear:
		return nil, nil
	}
	return append(line, key), nil
}
