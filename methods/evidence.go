package methods

// Lookup returns the text of a setting or of any variable that was given; a
// default is not given. It is [config.Source.Lookup].
type Lookup func(name string) (value string, given bool)

// Rank orders evidence: the lower rank wins.
type Rank int

// The ranks of evidence. Two methods with Given evidence contradict each other;
// of CI, Cloud and Cluster, which count only if an identity id is set, the first wins.
const (
	None     Rank = iota // nothing speaks for the method
	Given                // credentials given as settings
	CI                   // a CI system that issues OIDC tokens
	Cloud                // a cloud's own variables
	Cluster              // a Kubernetes service account token file
	Presence             // nothing but that a person may be there, which counts last, and on a terminal only
)

// Evidence is what speaks for a method when none is named.
type Evidence struct {
	Rank    Rank
	Because string // what was found, such as "INFISICAL_JWT is set"
	Missing string // the other half of a pair of which one half is given, a variable's name
}

// pair is the evidence of two settings that are of use together only. The
// second is not looked at for its value, which may be a secret.
func pair(lookup Lookup, first, second string) Evidence {
	_, one := lookup(first)
	_, other := lookup(second)
	switch {
	case one && other:
		return Evidence{Rank: Given, Because: first + " and " + second + " are set"}
	case one:
		return Evidence{Rank: Given, Because: first + " is set", Missing: second}
	case other:
		return Evidence{Rank: Given, Because: second + " is set", Missing: first}
	}
	return Evidence{}
}
