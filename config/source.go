package config

// Source is where the settings of one run come from: its flags, its
// environment and the files that these name. The order is flag, variable,
// NAME_FILE, env file, default. It is a value of its own, so that settings can be
// decoded anew, and rotated files read, for each login.
type Source struct {
	fields []Field
}

// NewSource returns the source of one run. Flags maps a flag's name to its
// text, for those that were given; environ is as os.Environ returns it.
func NewSource(fields []Field, flags map[string]string, environ []string) *Source { panic("not yet") }

// Decode fills the settings of the given pointers to structs, reading files
// anew. The error joins one [Error] for every setting that is missing,
// malformed or contradictory.
func (s *Source) Decode(targets ...any) error { panic("not yet") }

// Lookup returns the text of a setting, or of any variable, that was given: by
// flag, variable, file or env file. A default is not given, and an empty
// variable is not set.
func (s *Source) Lookup(name string) (string, bool) { panic("not yet") }

// Warnings returns what is worth telling but stops nothing: a near miss, a
// secret on the command line, a stranger in the env file.
func (s *Source) Warnings() []string { panic("not yet") }

// Setting is one row of the settings command.
type Setting struct {
	Name    string   `json:"name"`
	Flag    string   `json:"flag"`
	Value   string   `json:"value"`
	Source  string   `json:"source"`
	Secret  bool     `json:"secret"`
	Shadows []Shadow `json:"shadows"`
}

// Shadow is a value that a better source outranked.
type Shadow struct {
	Source string `json:"source"`
	Value  string `json:"value"`
}

// Settings returns every setting with its value, redacted if secret, where it
// came from and what it shadows.
func (s *Source) Settings() []Setting { panic("not yet") }

// Scrubbed returns the variables that a launched command must not get: those of
// the settings tagged scrub, under every spelling and with their _FILE names.
func (s *Source) Scrubbed() []string { panic("not yet") }
