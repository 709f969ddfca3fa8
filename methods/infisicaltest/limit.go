package infisicaltest

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// limits counts requests, if that is switched on.
type limits struct {
	on      bool
	max     int
	window  time.Duration
	windows map[string]*window // by route and client
}

// window is a fixed stretch of time in which requests are counted.
type window struct {
	start time.Time
	count int
}

// RateLimit switches the rate limiter on: at most so many requests a window for
// each route and client. A most of 0 means the Infisical server's own numbers
// (200 for machine identities), a length of 0 its minute. Off at first, as on
// servers that are self-hosted.
func (s *Server) RateLimit(most int, length time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = limits{on: true, max: most, window: length, windows: map[string]*window{}}
}

// limit counts a request and refuses it if there were too many.
func (s *Server) limit(c *call) error {
	if !s.limits.on || c.route.bucket == 0 {
		return nil
	}
	most, length := s.limits.max, s.limits.window
	if most == 0 {
		most = c.route.bucket
	}
	if length == 0 {
		length = time.Minute
	}
	client, _, err := net.SplitHostPort(c.request.RemoteAddr)
	if err != nil {
		client = c.request.RemoteAddr
	}
	key := c.route.method + " " + c.route.path + " " + client
	w, ok := s.limits.windows[key]
	if !ok || c.now.Sub(w.start) >= length {
		w = &window{start: c.now}
		s.limits.windows[key] = w
	}
	w.count++
	reset := ceilSeconds(w.start.Add(length).Sub(c.now))
	c.header["X-Ratelimit-Limit"] = []string{strconv.Itoa(most)}
	c.header["X-Ratelimit-Remaining"] = []string{strconv.Itoa(max(0, most-w.count))}
	c.header["X-Ratelimit-Reset"] = []string{reset}
	if w.count <= most {
		return nil
	}
	c.header["Retry-After"] = []string{reset}
	message := "Rate limit exceeded. Please try again in 1 minute"
	if s.generation >= G2 {
		message = fmt.Sprintf("Rate limit exceeded. Please try again in %s seconds", reset)
	}
	return &failure{status: http.StatusTooManyRequests, name: "RateLimitExceeded", message: message}
}

func ceilSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
