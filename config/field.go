package config

import "reflect"

// Field is one setting, as the tags of its struct field declare it:
//
//	env       the variable's name; a field without it is not a setting, a struct without it is descended into
//	flag      the long flag, without dashes
//	short     the flag's one letter form
//	usage     one sentence, without the default
//	default   the value when nothing gives one; never expanded
//	shown     what help and README print as default, when it is not a value
//	older     older spellings of the variable, separated by commas
//	olderflag older spellings of the flag, separated by commas
//	required  "true": missing is an error. On an embedded struct it holds for all settings within
//	file      "true": NAME_FILE names a file that holds the value
//	trim      "space": a value loses all surrounding white space, not only one line end
//	secret    "true": never shown (implied by the types [Secret] and [Headers])
//	scrub     "true": a launched command does not get it
//	external  "true": somebody else's variable (a cloud's, a CI's), which has no flag
type Field struct {
	Name      string
	Flag      string
	Short     string
	Usage     string
	Default   string
	Shown     string
	Older     []string
	OlderFlag []string
	Required  bool
	File      bool
	TrimSpace bool
	Secret    bool
	Scrub     bool
	External  bool
	Type      reflect.Type
}

// Fields returns the settings that the given structs declare, in order. A
// setting that several of them declare, because they embed the same struct,
// appears once. It panics on a declaration that could not work: an unexported
// field with a tag, two settings of one name that differ.
func Fields(structs ...any) []Field { panic("not yet") }
