package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// licenceList is where the licences of all that is linked are listed.
const licenceList = ".github/DEPENDENCIES.md"

// Every module that is linked is listed with its licence, which is one that lets the
// program be given away; go test -run Licences -update writes the list.
func TestLicencesAreListed(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-tags", "grpcnotrace", "-deps", "-json=Module", ".")
	cmd.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var linked struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := decoder.Decode(&linked); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if m := linked.Module; m != nil && !m.Main {
			licence := licenceOf(m.Dir)
			if licence == "" {
				t.Errorf("%s: no licence that is known here in %s", m.Path, m.Dir)
			}
			rows[m.Path] = licence
		}
	}
	var list strings.Builder
	list.WriteString("# Dependencies and their licences\n\nThe modules that are linked into the program on Linux. Their texts are in the modules' own repositories.\nGo itself, whose library is linked too, is under BSD-3-Clause.\n\n| Module | Licence |\n|---|---|\n")
	for _, path := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(&list, "| %s | %s |\n", path, rows[path])
	}
	if *update {
		if err := os.WriteFile(licenceList, []byte(list.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(licenceList); err != nil || string(got) != list.String() {
		t.Errorf("%s is not what is linked; run go test -run Licences -update . (%v)", licenceList, err)
	}
}

// licenceOf reads the licence in a module's folder by words that are in no other;
// empty if it is not one of those that are known.
func licenceOf(folder string) string {
	paths, _ := filepath.Glob(filepath.Join(folder, "[LlCc][IiOo][CcPp][EeYy]*"))
	for _, path := range paths {
		raw, _ := os.ReadFile(path)
		text := regexp.MustCompile(`\s+`).ReplaceAllString(string(raw), " ")
		switch has := func(words string) bool { return strings.Contains(text, words) }; {
		case has("Apache License"):
			return "Apache-2.0"
		case has("Mozilla Public License"):
			return "MPL-2.0"
		case has("Permission is hereby granted, free of charge"):
			return "MIT"
		case has("Redistribution and use in source and binary forms") && (has("Neither the name") || has("names of its contributors")):
			return "BSD-3-Clause"
		case has("Redistribution and use in source and binary forms"):
			return "BSD-2-Clause"
		case has("Permission to use, copy, modify, and"):
			return "ISC"
		}
	}
	return ""
}
