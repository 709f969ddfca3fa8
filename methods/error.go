package methods

// Kind is what went wrong, as far as the caller has to act on it.
type Kind int

// The kinds of failure. The numbers mean nothing; main maps them to statuses.
const (
	Unavailable Kind = iota // no answer, 429, 5xx or out of time: trying again later may help
	Protocol                // what answered is not an Infisical that can do this
	Refused                 // the server, or a metadata or CI endpoint, said no
	Setting                 // a setting or a credential is missing or of no use
)

// Error is a failed login, renewal or other request.
type Error struct {
	Kind    Kind
	Message string // a sentence for a person, without any secret
	Err     error  // the cause, if there is one worth keeping for errors.Is; not printed
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
