// Package config turns one run's flags and environment into settings.
//
// A setting is a tagged field of a struct, declared in the file of the code
// that uses it. The package reads the tags ([Fields]), finds each value and
// remembers where it came from ([Source]), and fills the structs
// ([Source.Decode]). It knows no method, no sink and no command by name, and it
// never reads the process's environment: that enters as a value.
package config
