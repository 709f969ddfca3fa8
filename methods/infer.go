package methods

import (
	"fmt"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// Find returns the method of a name, as --method takes it.
func Find(name string) (Row, bool) {
	for _, row := range All() {
		if row.Name == name {
			return row, true
		}
	}
	return Row{}, false
}

// Inference is a method that was found by evidence.
type Inference struct {
	Row     Row
	Because string   // what was found, such as "INFISICAL_JWT is set"
	Others  []string // the methods for which there is evidence too, which counts less
}

// Infer finds the method when none is named. Credentials that are given as
// settings count first, and have to agree. If there are none, what the machine
// offers counts, provided that the identity is named. Person tells whether a
// person is at a terminal, who is asked if nothing else is found. The network
// is never probed. An error is an [Error] of kind Setting.
func Infer(lookup Lookup, person bool) (Inference, error) {
	return infer(All(), lookup, person)
}

// found is a method with the evidence for it.
type found struct {
	row Row
	Evidence
}

func infer(rows []Row, lookup Lookup, person bool) (Inference, error) {
	var all []found
	for _, row := range rows {
		if row.Evidence == nil {
			continue
		}
		if evidence := row.Evidence(lookup); evidence.Rank != None {
			all = append(all, found{row, evidence})
		}
	}
	if given := ofRank(all, Given); len(given) > 0 {
		return agree(given, all)
	}
	_, identity := lookup("INFISICAL_MACHINE_IDENTITY_ID")
	for rank := CI; rank <= Presence; rank++ {
		candidates := ofRank(all, rank)
		counts := identity
		if rank == Presence {
			counts = person
		}
		if len(candidates) == 0 || !counts {
			continue
		}
		return inference(candidates[0], all), nil
	}
	return Inference{}, nothing(all, identity)
}

func ofRank(all []found, rank Rank) []found {
	var some []found
	for _, f := range all {
		if f.Rank == rank {
			some = append(some, f)
		}
	}
	return some
}

func inference(best found, all []found) Inference {
	result := Inference{Row: best.row, Because: best.Because}
	for _, f := range all {
		if f.row.Name != best.row.Name && f.Rank != Presence {
			result.Others = append(result.Others, f.row.Name)
		}
	}
	return result
}

// agree returns the one method whose credentials are given. Half of a pair is a
// mistake even beside a whole one: nobody sets it for nothing.
func agree(given, all []found) (Inference, error) {
	var halves, reasons []string
	for _, f := range given {
		if f.Missing != "" {
			halves = append(halves, fmt.Sprintf("%s without its other half; set %s too", f.Because, named(f.row, f.Missing)))
		}
		reasons = append(reasons, fmt.Sprintf("%s (%s)", f.row.Name, f.Because))
	}
	if len(halves) > 0 {
		return Inference{}, &Error{Kind: Setting, Message: strings.Join(halves, ", ") + ", or name the method with --method or INFISICAL_AUTH_METHOD"}
	}
	if len(given) > 1 {
		return Inference{}, &Error{Kind: Setting, Message: fmt.Sprintf("credentials of more than one method are set: %s; set --method or INFISICAL_AUTH_METHOD to one of them", strings.Join(reasons, ", "))}
	}
	return inference(given[0], all), nil
}

// named returns a setting of a method under both of its names.
func named(row Row, variable string) string {
	for _, field := range config.Fields(row.New()) {
		if field.Name == variable && field.Flag != "" {
			return "--" + field.Flag + " or " + variable
		}
	}
	return variable
}

// nothing is the error for no evidence, or none that counts.
func nothing(all []found, identity bool) error {
	var ambient []string
	for _, f := range all {
		if f.Rank != Presence {
			ambient = append(ambient, fmt.Sprintf("%s (%s)", f.row.Name, f.Because))
		}
	}
	if len(ambient) > 0 && !identity {
		return &Error{Kind: Setting, Message: fmt.Sprintf("found %s, but no identity; set --machine-identity-id or INFISICAL_MACHINE_IDENTITY_ID, or --method or INFISICAL_AUTH_METHOD", strings.Join(ambient, ", "))}
	}
	return &Error{Kind: Setting, Message: "no method is named and none can be inferred: looked for a client id and secret, an LDAP user, an e-mail address and password, INFISICAL_JWT, " +
		"a GCP key file, and, with an identity id, for the OIDC token of a CI system, a cloud's own variables and a Kubernetes service account token; set --method or INFISICAL_AUTH_METHOD"}
}
