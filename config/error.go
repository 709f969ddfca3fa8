package config

// Error is a setting that is missing, malformed or contradictory.
type Error struct {
	Name    string // the variable, empty if no single one is to blame
	Flag    string // the flag without dashes, empty if it has none
	Message string // a whole sentence that names both, without the value of a secret
}

// Error implements error.
func (e *Error) Error() string { return e.Message }
