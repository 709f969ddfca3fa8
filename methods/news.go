package methods

import (
	"time"

	"github.com/infisical-login/infisical-login/methods/token"
)

// News is what happened to a token that is kept.
type News struct {
	What  What
	Token token.Token   // the one that is held, with its new deadline
	Err   error         // of Failed and Outdated: why
	First bool          // of Failed: nothing failed before it, so that it is worth a warning
	Wait  time.Duration // of Failed: until the next attempt
	Since time.Time     // of Recovered: the first failure
}

// What is a kind of [News].
type What int

// The kinds of news. After failures, Recovered precedes the success.
const (
	Renewed   What = iota // the token has a longer life
	LoggedIn              // a new login gave another token
	Failed                // an attempt failed and will be repeated
	Recovered             // the failures are over
	Outdated              // the client could not be made anew, and the last good one serves
)
