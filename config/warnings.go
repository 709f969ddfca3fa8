package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Warnings returns what is worth telling but stops nothing: a near miss, a
// secret on the command line, a stranger in the env file. The order is always
// the same.
func (s *Source) Warnings() []string {
	var list []string
	for _, f := range s.fields {
		list = append(list, s.exposed(f)...)
	}
	known := s.known()
	for _, name := range slices.Sorted(maps.Keys(s.environ)) {
		if trimLine(s.environ[name]) == "" || isServiceLink(name, s.environ[name]) {
			continue
		}
		if meant := meantName(name, known); meant != "" {
			list = append(list, fmt.Sprintf("%s is not a setting; did you mean %s?", name, meant))
		}
	}
	file, _ := s.envFile()
	return append(list, s.strangers(file, known)...)
}

// exposed warns of a secret on the command line.
func (s *Source) exposed(f Field) []string {
	var list []string
	for _, flag := range f.flags() {
		if f.Secret && s.flags[flag] != "" {
			list = append(list, fmt.Sprintf("other processes can see what --%s is given; set %s instead", flag, f.Name))
		}
	}
	return list
}

// known returns every variable that any setting is read from.
func (s *Source) known() []string {
	var list []string
	for _, f := range s.fields {
		list = append(list, f.known()...)
	}
	return list
}

// strangers warns of each line of an env file that serves nothing.
func (s *Source) strangers(file envFile, known []string) []string {
	var list, ours, others []string
	for _, f := range s.fields {
		if f.External {
			others = append(others, f.known()...)
			continue
		}
		ours = append(ours, f.known()...)
	}
	names := slices.SortedFunc(maps.Keys(file.lines), func(a, b string) int { return file.lines[a] - file.lines[b] })
	for _, name := range names {
		if slices.Contains(ours, name) {
			continue
		}
		warning := fmt.Sprintf("%q: line %d: %s is not a setting that an env file can give", file.path, file.lines[name], name)
		if slices.Contains(others, name) { // those who read it look into the environment of the process
			warning += "; set it in the environment, where it is read from"
		}
		if meant := meantName(name, known); meant != "" {
			warning += "; did you mean " + meant + "?"
		}
		list = append(list, warning)
	}
	return list
}

// ownPrefix is what all our variables begin with. What others of theirs resemble
// is none of our business.
const ownPrefix = "INFISICAL_"

// meantName returns the setting that somebody meant who set a variable of
// another name, or "" if the name is right or resembles none.
func meantName(name string, known []string) string {
	if !strings.HasPrefix(name, ownPrefix) || slices.Contains(known, name) {
		return ""
	}
	if meant := guess(name, known); meant != "" {
		return meant
	}
	return Nearest(name, known)
}

// guess returns the setting for a name that is known to be a wrong guess,
// whether of the variable or of the one that names its file.
func guess(name string, known []string) string {
	rest := strings.TrimPrefix(name, ownPrefix)
	if meant := guessStem(rest, "", known); meant != "" {
		return meant
	}
	stem, ofFile := strings.CutSuffix(rest, fileSuffix)
	if !ofFile {
		return ""
	}
	if slices.Contains(known, ownPrefix+stem) {
		return ownPrefix + stem // which no file can give
	}
	return guessStem(stem, fileSuffix, known)
}

// guessStem is [guess] for a name without its prefix and suffix.
func guessStem(stem, suffix string, known []string) string {
	for _, meant := range []string{wrongGuesses()[stem], "LOGIN_" + stem} {
		if slices.Contains(known, ownPrefix+meant+suffix) {
			return ownPrefix + meant + suffix
		}
	}
	return ""
}

// wrongGuesses returns names that people try, or know from other tools and from
// examples in Infisical's documentation, and the settings that they mean, both
// without their common prefix.
func wrongGuesses() map[string]string {
	return map[string]string{
		"CLIENT_ID":                      "UNIVERSAL_AUTH_CLIENT_ID",
		"MACHINE_CLIENT_ID":              "UNIVERSAL_AUTH_CLIENT_ID",
		"MACHINE_IDENTITY_CLIENT_ID":     "UNIVERSAL_AUTH_CLIENT_ID",
		"UNIVERSAL_CLIENT_ID":            "UNIVERSAL_AUTH_CLIENT_ID",
		"UNIVERSAL_AUTH_ID":              "UNIVERSAL_AUTH_CLIENT_ID",
		"CLIENT_SECRET":                  "UNIVERSAL_AUTH_CLIENT_SECRET",
		"MACHINE_CLIENT_SECRET":          "UNIVERSAL_AUTH_CLIENT_SECRET",
		"MACHINE_IDENTITY_CLIENT_SECRET": "UNIVERSAL_AUTH_CLIENT_SECRET",
		"MACHINE_IDENTITY_SECRET":        "UNIVERSAL_AUTH_CLIENT_SECRET",
		"UNIVERSAL_CLIENT_SECRET":        "UNIVERSAL_AUTH_CLIENT_SECRET",
		"UNIVERSAL_AUTH_SECRET":          "UNIVERSAL_AUTH_CLIENT_SECRET",
		"IDENTITY_ID":                    "MACHINE_IDENTITY_ID",
		"IDENTITY":                       "MACHINE_IDENTITY_ID",
		"MACHINE_ID":                     "MACHINE_IDENTITY_ID",
		"MACHINE_IDENTITY":               "MACHINE_IDENTITY_ID",
		"METHOD":                         "AUTH_METHOD",
		"LOGIN_METHOD":                   "AUTH_METHOD",
		"AUTH_TYPE":                      "AUTH_METHOD",
		"URL":                            "DOMAIN",
		"HOST":                           "DOMAIN",
		"HOST_URL":                       "DOMAIN",
		"SITE_URL":                       "DOMAIN",
		"BASE_URL":                       "DOMAIN",
		"SERVER":                         "DOMAIN",
		"SERVER_URL":                     "DOMAIN",
		"INSTANCE_URL":                   "DOMAIN",
		"ENDPOINT":                       "DOMAIN",
		"ADDR":                           "DOMAIN",
		"ADDRESS":                        "DOMAIN",
		"API":                            "DOMAIN",
		"LOGIN_DOMAIN":                   "DOMAIN",
		"ORGANIZATION":                   "ORGANIZATION_ID",
		"ORG_ID":                         "ORGANIZATION_ID",
		"ORGANIZATION_SLUG":              "AUTH_ORGANIZATION_SLUG",
		"ORG_SLUG":                       "AUTH_ORGANIZATION_SLUG",
		"USER":                           "EMAIL",
		"USERNAME":                       "EMAIL",
		"USER_EMAIL":                     "EMAIL",
		"USER_PASSWORD":                  "PASSWORD",
		"LDAP_USER":                      "LDAP_USERNAME",
		"OIDC_JWT":                       "JWT",
		"OIDC_TOKEN":                     "JWT",
		"JWT_TOKEN":                      "JWT",
		"JWT_AUTH_JWT":                   "JWT",
		"KUBERNETES_TOKEN_PATH":          "KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH",
		"SERVICE_ACCOUNT_TOKEN_PATH":     "KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH",
		"SERVICE_ACCOUNT_KEY_FILE_PATH":  "GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH",
		"GCP_SERVICE_ACCOUNT_KEY_PATH":   "GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH",
		"CA_CERT":                        "CA_PATH",
		"CA_CERT_PATH":                   "CA_PATH",
		"CA_BUNDLE":                      "CA_PATH",
		"HEADERS":                        "CUSTOM_HEADERS",
		"EXTRA_HEADERS":                  "CUSTOM_HEADERS",
		"MAX_RETRIES":                    "RETRY_MAX_RETRIES",
		"ENV_FILE":                       "LOGIN_ENV_FILE_PATH",
		"LOGIN_ENV_FILE":                 "LOGIN_ENV_FILE_PATH",
		"TOKEN_OUTPUT_PATH":              "LOGIN_TOKEN_PATH",
		"ACCESS_TOKEN":                   "TOKEN",
		"VAULT_PASSPHRASE":               "VAULT_FILE_PASSPHRASE",
	}
}

// isServiceLink reports whether Kubernetes sets the variable, for a service
// that is called infisical or infisical-something. See "Environment variables" in
// https://kubernetes.io/docs/concepts/services-networking/service/.
func isServiceLink(name, value string) bool {
	if strings.HasSuffix(name, "_SERVICE_HOST") || strings.Contains(name+"_", "_SERVICE_PORT_") {
		return true
	}
	_, rest, found := strings.Cut(name, "_PORT")
	if !found {
		return false
	}
	address := strings.HasPrefix(value, "tcp://") || strings.HasPrefix(value, "udp://") || strings.HasPrefix(value, "sctp://")
	return address || len(rest) > 1 && rest[0] == '_' && '0' <= rest[1] && rest[1] <= '9'
}
