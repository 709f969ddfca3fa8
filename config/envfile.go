package config

// EnvFile names a file of further settings.
type EnvFile struct {
	Path string `env:"INFISICAL_LOGIN_ENV_FILE_PATH" flag:"env-file" usage:"File with further settings in dotenv syntax; variables and flags outrank it."`
}

// envFile is what the env file holds.
type envFile struct {
	path   string // empty if there is none
	values map[string]string
	lines  map[string]int // where each name stands, from 1
}

// envFileName returns the setting that names the env file.
func envFileName() string { return declarations(structType(EnvFile{}))[0].name }

// envFile reads the env file, if one is named. It is looked for in flags and
// environment only: an env file cannot name another.
func (s *Source) envFile() (envFile, *Error) {
	f := s.path
	if f.Name == "" {
		return envFile{}, nil
	}
	found := best(f, []layer{s.flagLayer, s.environLayer})
	r := resolve(f, found)
	if !r.value.IsValid() {
		return envFile{}, r.err
	}
	path := r.value.String()
	content, err := s.files.read(path)
	if err != nil {
		return envFile{}, f.malformed(found[0], err)
	}
	values, lines, err := parseDotenv(string(content))
	if err != nil {
		return envFile{}, f.malformed(found[0], inFile(path, err))
	}
	if line, names := lines[f.Name]; names {
		return envFile{}, f.malformed(found[0], inFile(path, lineError(line, "an env file cannot name an env file")))
	}
	return envFile{path, values, lines}, nil
}
