// Command sbom prints what a Go program is made of, as SPDX 2.3 in JSON. It reads
// the list that the build left in the program itself.
//
//	go run ./.ci/sbom PROGRAM SECONDS
//
// SECONDS since 1970 is the time that the document bears, so that two builds of one
// commit make the same document.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

type document struct {
	Version       string         `json:"spdxVersion"`
	License       string         `json:"dataLicense"`
	ID            string         `json:"SPDXID"`
	Name          string         `json:"name"`
	Namespace     string         `json:"documentNamespace"`
	Creation      creation       `json:"creationInfo"`
	Packages      []pkg          `json:"packages"`
	Relationships []relationship `json:"relationships"`
}

type creation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type pkg struct {
	ID            string      `json:"SPDXID"`
	Name          string      `json:"name"`
	Version       string      `json:"versionInfo"`
	Download      string      `json:"downloadLocation"`
	FilesAnalyzed bool        `json:"filesAnalyzed"`
	License       string      `json:"licenseConcluded"`
	Declared      string      `json:"licenseDeclared"`
	Copyright     string      `json:"copyrightText"`
	Checksums     []checksum  `json:"checksums,omitempty"`
	References    []reference `json:"externalRefs,omitempty"`
}

type checksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type reference struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type relationship struct {
	From string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: sbom PROGRAM SECONDS")
	}
	seconds, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	described, err := describe(os.Args[1], time.Unix(seconds, 0))
	if err != nil {
		log.Fatal(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(described); err != nil {
		log.Fatal(err)
	}
}

// describe makes the document of a program.
func describe(path string, created time.Time) (document, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return document{}, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return document{}, err
	}
	digest := sha256.Sum256(content)
	sum, name := hex.EncodeToString(digest[:]), filepath.Base(path)
	program := module("SPDXRef-Program", info.Main.Path, info.Main.Version)
	program.License, program.Declared = "MIT", "MIT"
	program.Checksums = []checksum{{"SHA256", sum}}
	d := document{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: name,
		Namespace:     "https://github.com/infisical-login/infisical-login/spdx/" + name + "-" + sum,
		Creation:      creation{created.UTC().Format(time.RFC3339), []string{"Organization: infisical-login"}},
		Packages:      []pkg{program, module("SPDXRef-Go", "std", info.GoVersion)},
		Relationships: []relationship{{"SPDXRef-DOCUMENT", "DESCRIBES", program.ID}, {program.ID, "DEPENDS_ON", "SPDXRef-Go"}},
	}
	for i, dep := range info.Deps {
		if dep.Replace != nil {
			dep = dep.Replace
		}
		p := module("SPDXRef-Module-"+strconv.Itoa(i), dep.Path, dep.Version)
		d.Packages = append(d.Packages, p)
		d.Relationships = append(d.Relationships, relationship{program.ID, "DEPENDS_ON", p.ID})
	}
	return d, nil
}

// module describes one Go module.
func module(id, path, version string) pkg {
	return pkg{
		ID: id, Name: path, Version: version, Download: "NOASSERTION",
		License: "NOASSERTION", Declared: "NOASSERTION", Copyright: "NOASSERTION",
		References: []reference{{"PACKAGE-MANAGER", "purl", "pkg:golang/" + path + "@" + version}},
	}
}
