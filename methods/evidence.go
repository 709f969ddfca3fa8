package methods

// Lookup returns the text of a setting or of any variable that was given; a
// default is not given. It is [config.Source.Lookup].
type Lookup func(name string) (value string, given bool)

// Rank orders evidence: the lower rank wins.
type Rank int

// The ranks of evidence. Two methods with Given evidence contradict each other;
// of the ambient ranks, which count only if an identity id is set, the first wins.
const (
	None    Rank = iota // nothing speaks for the method
	Given               // credentials given as settings
	CI                  // a CI system that issues OIDC tokens
	Cloud               // a cloud's own variables
	Cluster             // a Kubernetes service account token file
)

// Evidence is what speaks for a method when none is named.
type Evidence struct {
	Rank    Rank
	Because string // what was found, such as "INFISICAL_JWT is set"
	Missing string // the other half of a pair of which one half is given, a variable's name
}
