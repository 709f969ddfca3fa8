package main

import (
	"fmt"
	"io"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/rs/zerolog"
)

// logSettings says how much is told on standard error, and in which form.
type logSettings struct {
	Level  logLevel  `env:"INFISICAL_LOG_LEVEL" flag:"log-level" short:"l" default:"info" usage:"Least level that is logged: trace, debug, info, warn or error."`
	Format logFormat `env:"INFISICAL_LOG_FORMAT" flag:"log-format" default:"text" usage:"Form of the log on standard error: text or json."`
	Silent bool      `env:"INFISICAL_LOGIN_SILENT" flag:"silent" usage:"Tell errors only."`
}

// logLevel is the least level that is logged.
type logLevel string

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *logLevel) UnmarshalText(text []byte) error {
	return choose((*string)(l), string(text), "trace", "debug", "info", "warn", "error")
}

// logFormat is the form of the log.
type logFormat string

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *logFormat) UnmarshalText(text []byte) error {
	return choose((*string)(f), string(text), "text", "json")
}

// choose sets target to text if it is one of the choices.
func choose(target *string, text string, choices ...string) error {
	for _, choice := range choices {
		if text == choice {
			*target = text
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %s", text, join(choices))
}

// logger tells people and log collectors what happens, on standard error.
// Failures and warnings are sentences; events are log lines. With the json
// format everything is a JSON object, one a line.
type logger struct {
	stderr io.Writer
	json   bool
	level  zerolog.Level
	events zerolog.Logger
}

// newLogger returns the logger that the settings ask for. Malformed log
// settings count as their defaults here: the login reports them.
func newLogger(source *config.Source, stderr io.Writer) *logger {
	settings := logSettings{}
	if source.Decode(&settings) != nil {
		settings = logSettings{Level: "info", Format: "text"}
	}
	level, _ := zerolog.ParseLevel(string(settings.Level))
	if settings.Silent {
		level = zerolog.ErrorLevel
	}
	l := &logger{stderr: stderr, json: settings.Format == "json", level: level}
	if l.json {
		l.events = zerolog.New(stderr).Level(level).With().Timestamp().Logger()
	} else {
		console := zerolog.ConsoleWriter{Out: stderr, NoColor: true, TimeFormat: time.RFC3339}
		l.events = zerolog.New(console).Level(level).With().Timestamp().Logger()
	}
	return l
}

// fail tells why a run failed, one line for each error. One that several parts
// of the run came upon, such as an env file that cannot be read, is told once.
func (l *logger) fail(err error) {
	told := map[string]bool{"": true}
	for _, leaf := range leaves(err) {
		if message := leaf.Error(); !told[message] {
			told[message] = true
			l.say(zerolog.ErrorLevel, message)
		}
	}
}

// warn tells what stops nothing but should be known.
func (l *logger) warn(message string) { l.say(zerolog.WarnLevel, message) }

func (l *logger) say(level zerolog.Level, message string) {
	if level < l.level {
		return
	}
	if l.json {
		l.events.WithLevel(level).Msg(message)
		return
	}
	word := map[zerolog.Level]string{zerolog.ErrorLevel: "error", zerolog.WarnLevel: "warning"}[level]
	_, _ = fmt.Fprintf(l.stderr, "infisical-login: %s: %s\n", word, message)
}

// attempt tells of an attempt that failed and will be repeated.
func (l *logger) attempt(event methods.Event) {
	l.events.Debug().Int("attempt", event.Attempt).Int64("wait_milliseconds", event.Wait.Milliseconds()).Msg(event.Err.Error())
}

// loggedIn is the one event of a run without trouble.
func (l *logger) loggedIn(t token.Token) {
	event := l.events.Info().Str("method", t.Method).Str("domain", t.Domain)
	if t.Email != "" {
		event.Str("email", t.Email)
	}
	if life, known := t.Remaining(time.Now()); known {
		event.Int64("expires_in_seconds", int64(life/time.Second))
	}
	event.Msg("logged in")
}

// kept tells what became of a token that is kept alive: one warning when an
// outage begins, one line when it ends, and nothing for each attempt.
func (l *logger) kept(news methods.News) {
	switch news.What {
	case methods.Failed:
		if news.First {
			l.warn(fmt.Sprintf("the token could not be replaced and will be tried again: %v", news.Err))
			return
		}
		l.events.Debug().Int64("wait_milliseconds", news.Wait.Milliseconds()).Msg(news.Err.Error())
	case methods.Recovered:
		l.events.Info().Int64("outage_seconds", int64(time.Since(news.Since)/time.Second)).Msg("recovered")
	case methods.Outdated:
		l.warn(fmt.Sprintf("what was last read of the server's settings serves on: %v", news.Err))
	case methods.Renewed:
		l.events.Debug().Msg("renewed")
	case methods.LoggedIn:
		l.loggedIn(news.Token)
	}
}
