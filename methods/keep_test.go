package methods

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/methods/token"
)

const (
	day         = 24 * time.Hour
	renewPath   = "/api/v1/auth/token/renew"
	detailsPath = "/api/v1/identities/details"
)

// kept is a token that is kept in the bubble of a test, and what became of it.
type kept struct {
	server    *infisicaltest.Server
	auth      *infisicaltest.Universal
	client    *Client
	keeper    Keeper
	first     token.Token
	news      []News
	mu        sync.Mutex // guards what follows, which is looked at while the token is kept
	delivered []token.Token
}

// start logs in to a server in memory, as an identity.
func start(t *testing.T, generation infisicaltest.Generation, identity infisicaltest.Identity) *kept {
	t.Helper()
	k := &kept{server: infisicaltest.New(generation), auth: new(infisicaltest.Universal)}
	identity.Auth = k.auth
	k.server.Add(identity)
	k.client = inMemory(t, k.server, func(s *Server) {
		s.Timeout, s.Base, s.Cap = config.Duration(time.Minute), config.Duration(200*time.Millisecond), config.Duration(10*time.Second)
	})
	k.keeper = Keeper{
		Client: k.client,
		Row:    row(t, "universal-auth"),
		Fresh: func() (Method, error) {
			return &universal{ClientID: config.UUID(k.auth.ClientID), ClientSecret: config.Secret(k.auth.ClientSecret)}, nil
		},
		Deliver: func(got token.Token) error {
			if got.Secret == k.current().Secret {
				t.Error("delivered the same text again")
			}
			k.mu.Lock()
			defer k.mu.Unlock()
			k.delivered = append(k.delivered, got)
			return nil
		},
		Report: func(news News) { k.news = append(k.news, news) },
	}
	first, err := k.client.Login(t.Context(), k.keeper.Row, k.keeper.Fresh)
	if err != nil {
		t.Fatal(err)
	}
	k.first = first
	return k
}

// current is the token that was delivered last.
func (k *kept) current() token.Token {
	k.mu.Lock()
	defer k.mu.Unlock()
	if n := len(k.delivered); n > 0 {
		return k.delivered[n-1]
	}
	return k.first
}

// run keeps the token for so long.
func (k *kept) run(t *testing.T, long time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	return k.keeper.Keep(ctx, k.first)
}

// watch asks the server every now and then whether the delivered token is good,
// from another goroutine of the bubble.
func (k *kept) watch(t *testing.T, long, every time.Duration, up func() bool) {
	begun := time.Now()
	go func() {
		for time.Since(begun) < long-every {
			time.Sleep(every)
			if !up() {
				continue
			}
			if _, err := k.client.Details(t.Context(), k.current().Secret); err != nil {
				t.Errorf("after %v the delivered token is of no use: %v", time.Since(begun), err)
				return
			}
		}
	}()
}

func (k *kept) count(path string) (n int) {
	for _, r := range k.server.Requests() {
		if r.Path == path {
			n++
		}
	}
	return n
}

func always() bool { return true }

func TestKeepForDays(t *testing.T) {
	// Over 30 days and less the delivered token is good at every moment, whatever lives
	// the server gives to tokens and whatever its generation; it is renewed
	// where that is possible, and no request is one too many.
	t.Parallel()
	for _, test := range []struct {
		name           string
		generations    []infisicaltest.Generation
		identity       infisicaltest.Identity
		days           time.Duration
		every          time.Duration
		renews, logins [2]int // at least, at most; the first login counts
	}{
		{"an hour, up to a day", nil, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day}, 30, 67 * time.Minute, [2]int{950, 1200}, [2]int{30, 34}},
		{"an hour, without a bound", nil, infisicaltest.Identity{TTL: time.Hour, MaxTTL: infisicaltest.None}, 6, 29 * time.Minute, [2]int{210, 250}, [2]int{1, 1}},
		{"an hour is the bound", nil, infisicaltest.Identity{TTL: time.Hour, MaxTTL: time.Hour}, 6, 29 * time.Minute, [2]int{0, 0}, [2]int{210, 250}},
		{"the defaults, 30 days both", nil, infisicaltest.Identity{}, 30, time.Hour, [2]int{0, 0}, [2]int{2, 2}},
		{"periodic", []infisicaltest.Generation{infisicaltest.G2, infisicaltest.G3}, infisicaltest.Identity{TTL: time.Minute, MaxTTL: time.Hour, Period: 2 * time.Hour}, 6, 29 * time.Minute, [2]int{105, 125}, [2]int{1, 1}},
		{"a life of 0 up to two days", []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G3}, infisicaltest.Identity{TTL: infisicaltest.None, MaxTTL: 2 * day}, 30, time.Hour, [2]int{0, 0}, [2]int{20, 30}},
	} {
		generations := test.generations
		if generations == nil {
			generations = []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G2, infisicaltest.G3}
		}
		for _, generation := range generations {
			t.Run(test.name+" G"+string(rune('0'+generation)), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					k := start(t, generation, test.identity)
					k.watch(t, test.days*day, test.every, always)
					last := k.first
					k.keeper.Report = func(news News) {
						if expired(last) || news.What == Failed {
							t.Errorf("a moment too late: %+v", news)
						}
						last = news.Token
					}
					if err := k.run(t, test.days*day); !errors.Is(err, context.DeadlineExceeded) {
						t.Fatal(err)
					}
					if n := k.count(renewPath); n < test.renews[0] || n > test.renews[1] {
						t.Errorf("%d renewals", n)
					}
					if n := k.count(loginPath); n < test.logins[0] || n > test.logins[1] {
						t.Errorf("%d logins", n)
					}
					if generation == infisicaltest.G1 && len(k.delivered) != k.count(loginPath)-1 {
						t.Errorf("%d deliveries of a text that renewals do not change", len(k.delivered))
					}
				})
			})
		}
	}
}

func TestKeepThroughANight(t *testing.T) {
	// An outage of eight hours costs one warning and one line when it ends, no
	// flood of requests, and half a minute until the token is good again.
	t.Parallel()
	for _, fault := range []infisicaltest.Fault{infisicaltest.Status(502), infisicaltest.HTML, infisicaltest.Silent, infisicaltest.Cut} {
		synctest.Test(t, func(t *testing.T) {
			k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day})
			begun := time.Now()
			down, up := begun.Add(10*time.Hour), begun.Add(18*time.Hour)
			k.server.Fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				if now := time.Now(); now.After(down) && now.Before(up) {
					fault(w, r, next)
					return
				}
				next.ServeHTTP(w, r)
			})
			k.watch(t, 2*day, 5*time.Minute, func() bool {
				// A request that hangs when the server comes back has its timeout to go.
				return time.Now().Before(down) || time.Now().After(up.Add(keepCap+time.Minute))
			})
			if err := k.run(t, 2*day); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			warnings, failures, ends := 0, 0, 0
			for _, news := range k.news {
				switch news.What {
				case Failed:
					failures++
					if news.First {
						warnings++
					}
					if news.Wait > keepCap {
						t.Errorf("waits %v", news.Wait)
					}
				case Recovered:
					ends++
					if news.Since.Before(down) || news.Since.After(down.Add(time.Hour)) {
						t.Errorf("failed since %v", news.Since)
					}
				}
			}
			if warnings != 1 || ends != 1 || failures < 100 || failures > 3000 {
				t.Errorf("%d warnings, %d ends, %d failures", warnings, ends, failures)
			}
			if n := k.count(loginPath) + k.count(renewPath); n > failures+100 {
				t.Errorf("%d requests with %d failures", n, failures)
			}
		})
	}
}

func TestKeepHonoursRetryAfter(t *testing.T) {
	// A server that says when to come again is not asked before.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day})
		k.server.FaultNext(1, infisicaltest.Status(429, "Retry-After", "600"), renewPath)
		if err := k.run(t, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		requests := k.server.Requests()
		if gap := requests[2].Time.Sub(requests[1].Time); gap < 10*time.Minute || gap > 11*time.Minute {
			t.Errorf("came again after %v", gap)
		}
	})
}

func TestKeepLogsInAfterARefusedRenewal(t *testing.T) {
	// A token that cannot be renewed, since an administrator revoked it or the
	// server does not know how, is replaced by that of a login with fresh
	// settings, at once.
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404} {
		synctest.Test(t, func(t *testing.T) {
			k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day})
			k.server.FaultNext(1, infisicaltest.Status(status), renewPath)
			if err := k.run(t, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			if len(k.news) != 1 || k.news[0].What != LoggedIn || len(k.delivered) != 1 || k.count(loginPath) != 2 {
				t.Errorf("%d: news %+v", status, k.news)
			}
		})
	}
}

func TestKeepWithRefusedCredentials(t *testing.T) {
	// Credentials that are refused are tried with long pauses, since the server
	// locks identities out, as long as the old token lives, and then it is over;
	// if they are replaced in time, all is well.
	t.Parallel()
	for _, replaced := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			k := start(t, infisicaltest.G1, infisicaltest.Identity{TTL: time.Hour, MaxTTL: time.Hour})
			deadline, _ := k.first.Deadline()
			good := k.auth.ClientSecret
			fresh := k.keeper.Fresh
			k.keeper.Fresh = func() (Method, error) {
				method, err := fresh()
				if !replaced || time.Until(deadline) > 5*time.Minute {
					method.(*universal).ClientSecret = "wrong"
				}
				return method, err
			}
			err := k.run(t, 2*time.Hour)
			attempts := k.count(loginPath) - 1
			if replaced {
				if !errors.Is(err, context.DeadlineExceeded) || len(k.delivered) < 1 || strings.Contains(k.delivered[0].Secret.Reveal(), good) {
					t.Errorf("%v", err)
				}
				return
			}
			failed, ok := errors.AsType[*Error](err)
			if !ok || failed.Kind != Refused || time.Now().Before(deadline) {
				t.Errorf("gave up %v before the deadline: %v", time.Until(deadline), err)
			}
			if attempts < 4 || attempts > 16 {
				t.Errorf("%d attempts", attempts)
			}
		})
	}
}

func TestKeepRenewsWhenCredentialsAreGone(t *testing.T) {
	// When the credentials are of no use any more, a token that no renewal
	// destroys is used up to its bound.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: 3 * time.Hour})
		begun := time.Now()
		missing := &Error{Kind: Setting, Message: "the file is gone"}
		k.keeper.Fresh = func() (Method, error) { return nil, missing }
		k.watch(t, 3*time.Hour-time.Minute, time.Minute, always)
		if err := k.run(t, day); !errors.Is(err, missing) {
			t.Error(err)
		}
		if lived := time.Since(begun); lived < 3*time.Hour-time.Second {
			t.Errorf("gave up after %v", lived)
		}
	})
}

func TestKeepDoesNotDestroyTheToken(t *testing.T) {
	// An old server destroys a token that is renewed too late, even if the login
	// that would have been better is impossible; so it is not asked to.
	t.Parallel()
	for _, generation := range []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G2} {
		synctest.Test(t, func(t *testing.T) {
			k := start(t, generation, infisicaltest.Identity{TTL: time.Hour, MaxTTL: 150 * time.Minute})
			k.server.Fault(infisicaltest.Status(503), loginPath)
			lost := make(chan time.Time, 1)
			begun := time.Now()
			go func() {
				for {
					time.Sleep(time.Minute)
					if _, err := k.client.Details(t.Context(), k.current().Secret); err != nil {
						lost <- time.Now()
						return
					}
				}
			}()
			if err := k.run(t, 6*time.Hour); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			// Renewed at 40 and 80 minutes or a little earlier, and then left alone.
			if lived := (<-lost).Sub(begun); lived < 125*time.Minute || k.count(renewPath) != 2 {
				t.Errorf("lived %v with %d renewals", lived, k.count(renewPath))
			}
		})
	}
}

func TestKeepWithASkewedClock(t *testing.T) {
	// A server whose clock is hours off, as its Date header tells, is kept up
	// with as any other.
	t.Parallel()
	for _, skew := range []time.Duration{5 * time.Hour, -5 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day})
			k.server.Now = func() time.Time { return time.Now().Add(skew) }
			k.server.Fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				infisicaltest.SkewDate(skew)(w, r, next)
			})
			first, err := k.client.Login(t.Context(), k.keeper.Row, k.keeper.Fresh)
			if err != nil {
				t.Fatal(err)
			}
			if left, _ := first.Remaining(time.Now()); left < 59*time.Minute || left > 61*time.Minute {
				t.Errorf("remaining %v", left)
			}
			k.first = first
			k.watch(t, 3*day, 19*time.Minute, always)
			if err := k.run(t, 3*day); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			if n := k.count(loginPath) + k.count(renewPath); n < 100 || n > 130 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestKeepTokensThatAreExpiredAtBirth(t *testing.T) {
	// A server that gives expired tokens, with no word on what time it is, is
	// warned of once and not besieged.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day})
		k.server.Now = func() time.Time { return time.Now().Add(-5 * time.Hour) }
		if err := k.run(t, 10*time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		warnings := 0
		for _, news := range k.news {
			if news.First {
				warnings++
			}
		}
		if n := k.count(loginPath); warnings != 1 || n < 10 || n > 4000 {
			t.Errorf("%d warnings, %d logins", warnings, n)
		}
		if n := len(k.delivered); n == 0 {
			t.Error("nothing newer than an expired token was delivered")
		}
	})
}

func TestKeepLimitedUses(t *testing.T) {
	// A token with a limited number of uses is replaced, not renewed, where it
	// says so: a renewal does not give the uses back.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day, NumUses: 3})
		k.watch(t, day, 20*time.Minute, always)
		if err := k.run(t, day); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if k.count(renewPath) != 0 {
			t.Errorf("%d renewals", k.count(renewPath))
		}
	})
}

func TestKeepDeliversAgain(t *testing.T) {
	// A delivery that fails is repeated without another login, and is the end
	// only when the token that was delivered before has expired.
	t.Parallel()
	full := errors.New("disk full")
	for _, heals := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: day})
			deadline, _ := k.first.Deadline()
			deliver, tries := k.keeper.Deliver, 0
			k.keeper.Deliver = func(got token.Token) error {
				if tries++; heals && tries > 5 {
					return deliver(got)
				}
				return full
			}
			err := k.run(t, 70*time.Minute)
			if heals && (!errors.Is(err, context.DeadlineExceeded) || len(k.delivered) != 1) {
				t.Errorf("%v, %d deliveries", err, len(k.delivered))
			}
			if !heals && (!errors.Is(err, full) || time.Now().Before(deadline)) {
				t.Errorf("%v, %v before the deadline", err, time.Until(deadline))
			}
			if k.count(renewPath) != 1 || k.count(loginPath) != 1 {
				t.Errorf("%d renewals, %d logins", k.count(renewPath), k.count(loginPath))
			}
		})
	}
}

func TestKeepNothing(t *testing.T) {
	// A token that never expires is left alone until the end, whose cause is
	// told.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := start(t, infisicaltest.G2, infisicaltest.Identity{TTL: infisicaltest.None, MaxTTL: infisicaltest.None})
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("signal")
		time.AfterFunc(400*day, func() { cancel(stop) })
		if err := k.keeper.Keep(ctx, k.first); !errors.Is(err, stop) || len(k.server.Requests()) != 1 {
			t.Errorf("%v after %d requests", err, len(k.server.Requests()))
		}
	})
}

func TestKeepLeavesNothingBehind(t *testing.T) {
	// A thousand renewals leave no goroutine and no connection behind. (Not
	// parallel, since the goroutines of all tests are counted.)
	synctest.Test(t, func(t *testing.T) {
		k := start(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Hour, MaxTTL: infisicaltest.None})
		counts := []int{}
		k.keeper.Report = func(News) {
			if n := k.count(renewPath); n == 10 || n == 1000 {
				synctest.Wait()
				counts = append(counts, runtime.NumGoroutine())
			}
		}
		if err := k.run(t, 40*day); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if len(counts) != 2 || counts[1] > counts[0] {
			t.Errorf("goroutines after 10 and 1,000 renewals: %v", counts)
		}
	})
}

func TestRevoke(t *testing.T) {
	// A revoked token is of no use at once; that of nobody cannot be revoked.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	c := client(t, server.Start(t), nil)
	got, failed := login(t, c, fresh)
	if failed != nil {
		t.Fatal(failed)
	}
	if _, err := c.Details(t.Context(), got.Secret); err != nil {
		t.Error(err)
	}
	if err := c.Revoke(t.Context(), got); err != nil {
		t.Error(err)
	}
	_, err := c.Details(t.Context(), got.Secret)
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Kind != Refused {
		t.Errorf("details %v", err)
	}
	_, err = c.Renew(t.Context(), got)
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Kind != Refused || strings.Contains(err.Error(), got.Secret.Reveal()) {
		t.Errorf("renewal %v", err)
	}
	err = c.CheckAuth(t.Context(), got.Secret)
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Kind != Refused {
		t.Errorf("check %v", err)
	}
	if err := c.Revoke(t.Context(), token.Token{Secret: "nonsense"}); err == nil {
		t.Error("revoked nonsense")
	}
}
