package infisicaltest

import "time"

// Lockout is how failed logins lock an identity's method. It exists from G2 on
// and is on by default.
type Lockout struct {
	Off       bool
	Threshold int           // failures that lock; 3 if 0
	Duration  time.Duration // of the lock; 5 minutes if 0
	Reset     time.Duration // the count is forgotten that long after the last failure; 30 seconds if 0
}

// lockout counts the failures of one key.
type lockout struct {
	rule     Lockout
	failures int
	last     time.Time // of the failures
	until    time.Time // locked until then
}

// lockout returns the counter of a key.
func (s *Server) lockout(rule Lockout, key string) *lockout {
	if rule.Off || s.generation == G1 {
		return &lockout{rule: Lockout{Off: true}}
	}
	if rule.Threshold == 0 {
		rule.Threshold = 3
	}
	if rule.Duration == 0 {
		rule.Duration = 5 * time.Minute
	}
	if rule.Reset == 0 {
		rule.Reset = 30 * time.Second
	}
	l, ok := s.lockouts[key]
	if !ok {
		l = &lockout{}
		s.lockouts[key] = l
	}
	l.rule = rule
	return l
}

func (l *lockout) check(now time.Time) error {
	if now.Before(l.until) {
		return unauthorized("This identity auth method is temporarily locked, please try again later")
	}
	return nil
}

func (l *lockout) fail(now time.Time) {
	if l.rule.Off {
		return
	}
	if now.Sub(l.last) > l.rule.Reset {
		l.failures = 0
	}
	l.failures++
	l.last = now
	if l.failures >= l.rule.Threshold {
		l.failures = 0
		l.until = now.Add(l.rule.Duration)
	}
}

func (l *lockout) clear() { l.failures = 0 }
