package config

import (
	"maps"
	"runtime"
	"strings"
)

// Source is where the settings of one run come from: its flags, its
// environment and the files that these name. The order is flag, variable,
// NAME_FILE, env file, default. It is a value of its own, so that settings can be
// decoded anew, and rotated files read, for each login. It may be used from
// several goroutines.
type Source struct {
	fields  []Field
	flags   map[string]string
	environ map[string]string
	files   *files
	index   map[string]int // of each variable's setting in fields, in any spelling
	path    Field          // the setting that names the env file; without a name if none does
}

// NewSource returns the source of one run. Flags maps a flag's name, or an older
// spelling of it, to its text, for those that were given; environ is as
// os.Environ returns it, and of a variable that is there twice the first counts,
// as for getenv(3). The source keeps fields, which must not change any more.
func NewSource(fields []Field, flags map[string]string, environ []string) *Source {
	s := &Source{
		fields:  fields,
		flags:   maps.Clone(flags),
		environ: variables(environ, runtime.GOOS == "windows"),
		files:   &files{},
		index:   make(map[string]int, len(fields)),
	}
	for i, f := range s.fields {
		s.index[f.Name] = i
		for _, name := range f.Older {
			s.index[name] = i
		}
	}
	s.path, _ = s.field(envFileName())
	return s
}

// variables returns an environment by name. Fold is for systems to which case
// does not matter in a name, and makes all upper case, as our own names are.
func variables(environ []string, fold bool) map[string]string {
	set := make(map[string]string, len(environ))
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if fold {
			name = strings.ToUpper(name)
		}
		if _, twice := set[name]; !twice {
			set[name] = value
		}
	}
	return set
}

// layers returns the sources, best first, as they are now. The error is that of
// the env file; the layers are of use even so.
func (s *Source) layers() ([]layer, *Error) {
	file, err := s.envFile()
	return []layer{s.flagLayer, s.environLayer, s.envFileLayer(file), defaultLayer}, err
}

// Lookup returns the text of a setting, or of any variable, that was given: by
// flag, variable, file or env file. A default is not given, and an empty
// variable is not set. What was given and is of no use, such as a file that
// cannot be read, is given with an empty text, and [Source.Decode] tells why.
func (s *Source) Lookup(name string) (string, bool) {
	f, declared := s.field(name)
	if !declared {
		text := trimLine(s.environ[name])
		return text, text != ""
	}
	layers, _ := s.layers()
	found := best(f, layers)
	if len(found) == 0 || found[0].source == sourceDefault {
		return "", false
	}
	if found[0].err != nil {
		return "", true
	}
	return found[0].text, true
}

// field returns the setting that a variable belongs to, in any spelling.
func (s *Source) field(name string) (Field, bool) {
	i, declared := s.index[name]
	if !declared {
		return Field{}, false
	}
	return s.fields[i], true
}

// best returns what the best layer that has anything has for a setting.
func best(f Field, layers []layer) []candidate {
	for _, layer := range layers {
		if found := layer(f); len(found) > 0 {
			return found
		}
	}
	return nil
}

// Scrubbed returns the variables that a launched command must not get: those of
// the settings tagged scrub, under every spelling and with their _FILE names.
func (s *Source) Scrubbed() []string {
	var list []string
	for _, f := range s.fields {
		if f.Scrub {
			list = append(list, f.known()...)
		}
	}
	return list
}

// Secrets returns the text of every secret that was given, by whatever source,
// so that it can be kept out of what is printed.
func (s *Source) Secrets() []Secret {
	var list []Secret
	layers, _ := s.layers()
	for _, f := range s.fields {
		if !f.Secret {
			continue
		}
		for _, layer := range layers {
			for _, c := range layer(f) {
				if c.text != "" {
					list = append(list, Secret(c.text))
				}
			}
		}
	}
	return list
}
